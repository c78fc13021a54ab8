"""The demo's workbench: real open data with real faults, examined, one table improved."""

import random
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from django.db import transaction

from stadtkern.kernel import clock, registry
from stadtkern.kernel.catalogue import publishers
from stadtkern.kernel.catalogue.files import uploads
from stadtkern.kernel.catalogue.files.sheet import Sheet
from stadtkern.kernel.catalogue.models import Dataset, Resource
from stadtkern.systems.data_improvement import applying, deciding, examining
from stadtkern.systems.data_improvement.models import Examination, Proposal

FOLDER = Path(__file__).parent / "demo_data"
BY = "system:data_improvement"
WORDS = ("title", "title_en", "about", "about_en", "keywords", "themes", "licence", "credit",
         "rhythm")  # fmt: skip
# What a person would accept without looking twice: written in full, witnessed, same word.
ACCEPTED = ("full", "both", "form", "values")
SURE = 0.85


def fill(_rng: random.Random) -> None:
    """Publish what is missing and examine it; a second run changes nothing."""
    facts = tomllib.loads((FOLDER / "datasets.toml").read_text(encoding="utf-8"))
    known = set(Dataset.objects.values_list("slug", flat=True))
    for row in facts["dataset"]:
        if row["slug"] not in known:
            with transaction.atomic():
                resource = _published(row)
                one = examining.start_table(BY, resource)
            if row.get("apply"):
                examining.run(one.pk)
                _improve(one.pk)


def _published(row: Mapping[str, Any]) -> Resource:
    identity = registry.city().city
    start, end = row["period"]
    dataset = Dataset.objects.create(
        slug=row["slug"], publisher=publishers.city(), period_start=start, period_end=end,
        contact_name=f"Stadt {identity.name}", contact_email=identity.contact,
        **{name: row[name] for name in WORDS},
    )  # fmt: skip
    content = (FOLDER / row["file"]).read_bytes()
    upload = uploads.receive(row["file"], content, by=BY, dataset=dataset)
    (sheet,) = uploads.sheets_of(upload)
    upload = uploads.correct(upload, 0, _corrected(sheet, row))
    (version,) = uploads.take(upload)
    if uploads.needs_confirmation(version):
        uploads.confirm(version, by=BY, reason=row["reason"], at=clock.now().isoformat())
    Dataset.objects.filter(pk=dataset.pk).update(state=Dataset.PUBLISHED, modified=clock.now())
    return version.resource


def _corrected(sheet: Sheet, row: Mapping[str, Any]) -> Sheet:
    """As a person corrects it: the table's name, and columns that nobody needs."""
    titles = row.get("titles", {})
    columns = [
        msgspec.structs.replace(
            one, out=one.raw in row.get("out", ()), title=titles.get(one.raw, one.title)
        )
        for one in sheet.columns
    ]
    return msgspec.structs.replace(sheet, title=row["table"], columns=columns)


def _improve(number: int) -> None:
    """Decide on a few and apply them; the rest is left for people to try."""
    one = Examination.objects.select_related("dataset", "resource").get(pk=number)
    sure = Proposal.objects.filter(examination=one, method__in=ACCEPTED, confidence__gte=SURE)
    deciding.decide(BY, one, sure, Proposal.ACCEPTED)
    if one.proposals.accepted().exists():
        applying.apply(BY, one)
