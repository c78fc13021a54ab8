"""Brings the datasets that systems declare into the catalogue, and their rows when they are due."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from types import UnionType
from typing import Any

import structlog
from django.db import transaction
from django.utils.translation import override

from stadtkern.kernel import clock, registry
from stadtkern.kernel import contract as declared
from stadtkern.kernel.catalogue import publishers
from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.files import covering
from stadtkern.kernel.catalogue.models import Dataset, Resource, Version
from stadtkern.kernel.catalogue.tables import write
from stadtkern.kernel.contract import ColumnKind

log = structlog.get_logger("catalogue")
# A job that comes every five minutes and a moment late must not wait for the next round.
EARLY = timedelta(minutes=1)
MOST_SOURCES = 5
TYPES: Mapping[ColumnKind, type | UnionType] = {
    "text": str,
    "integer": int,
    "number": int | float,
    "boolean": bool,
    "date": date,
    "datetime": datetime,
    "geometry": dict,
}


def sync() -> int:
    """Create or update declared datasets; withdraw those whose system is off. How many changed."""
    wanted = {slug_of(system, one): (system, one) for system, one in registry.datasets()}
    changed = sum(_sync(slug, *pair) for slug, pair in wanted.items())
    gone = Dataset.objects.filter(origin=Dataset.DECLARED, state=Dataset.PUBLISHED)
    return changed + gone.exclude(slug__in=wanted).update(
        state=Dataset.WITHDRAWN, modified=clock.now()
    )


def slug_of(system: declared.System, one: declared.Dataset) -> str:
    """`parking-sites`: unique over all systems."""
    return f"{system.slug}-{one.slug}".replace("_", "-")


def refresh() -> str:
    """Read the rows of declared datasets that are due; one that fails leaves the others alone."""
    sync()
    told = [_refreshed(system, one) for system, one in registry.datasets()]
    return f"{told.count('new')} new, {told.count('same')} unchanged, {told.count('failed')} failed"


def refresh_all() -> None:
    """Read the rows of all declared datasets, due or not; what fails is raised."""
    sync()
    for system, one in registry.datasets():
        read(system, one)


def _refreshed(system: declared.System, one: declared.Dataset) -> str:
    resource = _resource(system, one)
    if resource.checked and clock.age(resource.checked) < one.every - EARLY:
        return "early"
    try:
        return read(system, one)
    except Exception as error:
        log.exception("dataset failed", dataset=slug_of(system, one))
        # The last version stays; staff see why it is not fresh.
        reason = f"{type(error).__name__}: {error}"[:500]
        Resource.objects.filter(pk=resource.pk).update(problem=reason)
        return "failed"


def read(system: declared.System, one: declared.Dataset) -> str:
    """A builder may ask the database, so all its rows are there before they are written."""
    with transaction.atomic():
        resource = _resource(system, one)
        before = resource.versions.filter(current=True).first()
        with override("de"):
            rows = list(registry.resolve(one.rows)())
        check_rows(one, rows)
        version = write.write(resource, list(_fields(one)), rows, by=f"system:{system.slug}")
        Resource.objects.filter(pk=resource.pk).update(checked=clock.now(), problem="")
        if version != before:
            _learn(resource.dataset_id, one, rows, version)
        write.forget_old(resource, keep=2, entirely=True)
    return "same" if version == before else "new"


def check_rows(one: declared.Dataset, rows: Sequence[Mapping[str, object]]) -> None:
    """ValueError where a row does not fit the columns, or two rows have the same key."""
    kinds = {column.slug: column.kind for column in one.columns}
    seen: set[tuple[object, ...]] = set()
    for row in rows:
        for name, value in row.items():
            if name not in kinds:
                raise ValueError(f"unknown column {name}")
            if value is not None and not _fits(kinds[name], value):
                raise ValueError(f"{name}: {value!r} is no {kinds[name]}")
        key = tuple(row.get(name) for name in one.key)
        if key in seen:
            raise ValueError(f"two rows with the key {key}")
        seen.add(key)


def _fits(kind: ColumnKind, value: object) -> bool:
    """Whether it is of the type that the kind has in Python; an instant names its zone."""
    if isinstance(value, bool):
        return kind == "boolean"
    if isinstance(value, datetime):
        return kind == "datetime" and value.tzinfo is not None
    return isinstance(value, TYPES[kind])


def _learn(
    dataset: int, one: declared.Dataset, rows: Sequence[Mapping[str, object]], version: Version
) -> None:
    """What only the rows know: whether one is invented, whose they are, and where they lie."""
    found = Dataset.objects.get(pk=dataset)
    found.invented = one.invented or any(row.get("invented") is True for row in rows)
    sources = dict.fromkeys(str(row["source"]) for row in rows if row.get("source"))
    if not one.credit:
        found.credit = "; ".join(list(sources)[:MOST_SOURCES])
    if box := covering.box_of(version):
        found.geometry = covering.rectangle(box)
    found.save(update_fields=["invented", "credit", "geometry", "west", "south", "east", "north"])


def _resource(system: declared.System, one: declared.Dataset) -> Resource:
    return Resource.objects.get(dataset__slug=slug_of(system, one), slug=one.slug)


def _sync(slug: str, system: declared.System, one: declared.Dataset) -> bool:
    fields = _facts(system, one)
    known = Dataset.objects.filter(slug=slug).first()
    same = known is not None and all(getattr(known, k) == v for k, v in fields.items())
    if not same:
        fields["modified"] = clock.now()
        known, _ = Dataset.objects.update_or_create(slug=slug, defaults=fields)
    with override("de"):
        title = str(one.title)
    with override("en"):
        title_en = str(one.title)
    Resource.objects.update_or_create(
        dataset=known, slug=one.slug, defaults={"title": title, "title_en": title_en}
    )
    return not same


def _facts(system: declared.System, one: declared.Dataset) -> dict[str, Any]:
    city = publishers.city()
    facts: dict[str, Any] = {
        "origin": Dataset.DECLARED, "system": system.slug, "state": Dataset.PUBLISHED,
        "themes": [one.theme], "publisher": city, "licence": one.licence,
        "contact_name": city.name, "contact_email": city.email,
        "rhythm": one.rhythm, "hvd": one.hvd,
        "things": [f"{system.slug}.{kind}" for kind in one.things],
    }  # fmt: skip
    for language, end in (("de", ""), ("en", "_en")):
        with override(language):
            facts[f"title{end}"] = str(one.title)
            facts[f"about{end}"] = str(one.about)
            facts[f"keywords{end}"] = [str(word) for word in one.keywords]
    if one.credit:
        with override("de"):
            facts["credit"] = str(one.credit)
    return facts


def _fields(one: declared.Dataset) -> Iterator[Field]:
    for column in one.columns:
        with override("en"):
            title_en, about_en = str(column.title), str(column.about)
        with override("de"):
            yield Field(
                slug=column.slug, kind=column.kind, unit=column.unit, title=str(column.title),
                title_en=title_en, about=str(column.about), about_en=about_en,
            )  # fmt: skip
