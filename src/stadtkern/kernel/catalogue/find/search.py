"""Finds datasets: one page of them, how many in all, and the counts of every facet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from stadtkern.kernel.catalogue.find import facets
from stadtkern.kernel.catalogue.find.asked import Asked
from stadtkern.kernel.catalogue.find.condition import FROM, touches, words
from stadtkern.kernel.catalogue.find.facets import Count
from stadtkern.kernel.catalogue.find.vocabulary import Vocabulary, vocabulary
from stadtkern.kernel.catalogue.find.words import terms
from stadtkern.kernel.catalogue.models import Dataset

PER_PAGE = 20
ORDERS: Final = {
    "relevance": "rank desc, e.used desc, d.modified desc, d.id",
    "newest": "d.modified desc, d.id",
    "title": "catalogue_fold(d.title), d.id",
    "used": "e.used desc, d.modified desc, d.id",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What was found. `meant` is another spelling whose results these are, where the words as
    typed lead to nothing.
    """

    datasets: list[Dataset]
    total: int
    counts: list[Count]
    meant: str = ""

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PER_PAGE))


def find(asked: Asked, *, per_page: int = PER_PAGE) -> Found:
    """Published datasets with their publisher and entry; a fixed number of statements.

    Where nothing has the words, those of the catalogue that are most alike are taken instead.
    """
    known = vocabulary()
    found = _found(asked, known, per_page)
    if found.total or not (meant := _meant(asked.text, known)):
        return found
    second = _found(asked.with_text(meant), known, per_page, meant=meant)
    return second if second.total else found


def suggest(typed: str) -> list[str]:
    """How the last word that is being typed may go on."""
    said = terms(typed)
    if not said:
        return []
    before = typed.rstrip()[: -len(said[-1])]
    return [f"{before}{word}" for word in vocabulary().beginning(said[-1])]


def _found(asked: Asked, known: Vocabulary, per_page: int, meant: str = "") -> Found:
    text = words(asked.text, known)
    near, box = touches(asked)
    source = f"{FROM} where d.state = 'published' and {text.condition} and {near}"
    values = [*text.values, *box]
    counts = [Count(facet=f, value=v, count=n) for f, v, n in _run(
        *facets.statement(asked, source, values))]  # fmt: skip
    total = sum(one.count for one in counts if one.facet == facets.TOTAL)
    chosen, choices = facets.passes(asked)
    ids = [] if not total else _run(
        f"select d.id, {text.rank} as rank from {source} and {chosen} "  # noqa: S608
        f"order by {ORDERS[asked.order]} limit %s offset %s",
        [*text.rank_values, *values, *choices, per_page, (asked.page - 1) * per_page],
    )  # fmt: skip
    return Found(
        datasets=_loaded([number for number, _ in ids]),
        total=total,
        counts=[one for one in counts if one.facet != facets.TOTAL],
        meant=meant,
    )


def _loaded(ids: Sequence[int]) -> list[Dataset]:
    if not ids:
        return []
    rows = Dataset.objects.select_related("publisher", "entry").defer("entry__words")
    by_id = rows.in_bulk(list(ids))
    return [by_id[number] for number in ids if number in by_id]


def _meant(text: str, known: Vocabulary) -> str:
    """The text with its unknown words replaced by the nearest known ones; empty if none is."""
    said = terms(text)
    better = [known.nearest(term) or term for term in said]
    return " ".join(better) if better != said else ""


def _run(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
