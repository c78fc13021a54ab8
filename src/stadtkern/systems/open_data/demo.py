"""The demo's open data: real datasets of Herne, published through the same steps as an upload."""

import random
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from django.db import transaction

from stadtkern.kernel import clock, registry
from stadtkern.kernel.catalogue import publishers
from stadtkern.kernel.catalogue.files import covering, uploads
from stadtkern.kernel.catalogue.files.sheet import Sheet
from stadtkern.kernel.catalogue.models import Dataset
from stadtkern.systems.open_data import demo_letters
from stadtkern.systems.open_data.publishing import releasing

FOLDER = Path(__file__).parent / "demo_data"
BY = "system:open_data"
WORDS = ("title", "title_en", "about", "about_en", "keywords", "keywords_en", "themes", "licence",
         "credit", "rhythm")  # fmt: skip


def fill(rng: random.Random) -> None:
    """Publish what is missing; a second run changes nothing. Nothing is left to chance."""
    facts = tomllib.loads((FOLDER / "datasets.toml").read_text(encoding="utf-8"))
    known = set(Dataset.objects.values_list("slug", flat=True))
    for row in facts["dataset"]:
        if row["slug"] not in known:
            with transaction.atomic():
                _publish(row)
    demo_letters.fill()


def _publish(row: Mapping[str, Any]) -> None:
    dataset = _described(row)
    content = (FOLDER / row["file"]).read_bytes()
    upload = uploads.receive(row["file"], content, by=BY, dataset=dataset)
    (sheet,) = uploads.sheets_of(upload)
    upload = uploads.correct(upload, 0, _corrected(sheet, row))
    for version in uploads.take(upload):
        if uploads.needs_confirmation(version):
            at = clock.now().isoformat()
            uploads.confirm(version, by=BY, reason=row["reason"], at=at)
    if row.get("covers") == "city":
        dataset.geometry = covering.rectangle(registry.city().city.bounds)
        dataset.save()
    releasing.release(dataset)


def _described(row: Mapping[str, Any]) -> Dataset:
    identity = registry.city().city
    start, end = row.get("period", (None, None))
    return Dataset.objects.create(
        slug=row["slug"], publisher=publishers.city(), period_start=start, period_end=end,
        contact_name=f"Stadt {identity.name}", contact_email=identity.contact,
        **{name: row[name] for name in WORDS},
    )  # fmt: skip


def _corrected(sheet: Sheet, row: Mapping[str, Any]) -> Sheet:
    """As a person corrects it: titles and names of columns, and columns that are left out."""
    named = {place: (title, slug) for place, title, slug in row.get("columns", ())}
    position = sheet.position
    columns = []
    for one in sheet.columns:
        title, slug = named.get(one.place, (one.title, one.slug))
        position = msgspec.structs.replace(
            position,
            x=slug if one.slug == position.x else position.x,
            y=slug if one.slug == position.y else position.y,
        )
        out = one.place in row.get("out", ()) or (row.get("out_empty", False) and not one.filled)
        columns.append(msgspec.structs.replace(one, title=title, slug=slug, out=out))
    return msgspec.structs.replace(sheet, title=row["table"], columns=columns, position=position)
