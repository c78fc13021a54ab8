"""What people type leads to what they mean."""

from pathlib import Path

import pytest

from stadtkern.kernel.cases.catalogue import find
from stadtkern.kernel.cases.models import Service

ORACLE = Path(__file__).parent / "data" / "everyday_queries.tsv"


def oracle():
    """Queries with the services that are right, written by hand."""
    lines = ORACLE.read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return [(query, set(wanted.split("|"))) for query, wanted in rows]


@pytest.mark.django_db
def test_nine_of_ten_everyday_queries_find_their_service_among_the_first_three(services):
    asked = oracle()
    known = set(Service.objects.values_list("slug", flat=True))
    assert len(asked) >= 120
    assert all(wanted <= known for _query, wanted in asked)
    missed = []
    for query, wanted in asked:
        first = [one.slug for one in find.search(query, language="de")[:3]]
        if not wanted & set(first):
            missed.append(f"{query}: {first}")
    assert len(missed) <= len(asked) // 10, f"{len(missed)} of {len(asked)}: " + "\n".join(missed)
