"""What can be examined: tables of the catalogue, and measurements behind a dataset."""

import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import msgspec
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.models import Dataset, Resource, Version
from stadtkern.kernel.catalogue.tables.read import stream
from stadtkern.kernel.things import series
from stadtkern.kernel.things.buckets import Step
from stadtkern.kernel.things.models import Datastream
from stadtkern.systems.data_improvement.recipes import Row, digest_of

IMPROVED: Final = "-verbessert"
MOST_ROWS, MOST_CELLS = 100_000, 2_000_000
MOST_SERIES: Final = 30
DAYS: Final = (14, 60, 365)


class TooLarge(ValueError):
    """The table is larger than what is examined; the message says how large it may be."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """A table as it is now, with values as JSON has them."""

    columns: list[Field]
    rows: list[Row]
    version: int
    key: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of the rows."""
        return digest_of(self.rows)


def tables() -> QuerySet[Resource]:
    """Published tables that are no result of an improvement themselves."""
    return (
        Resource.objects.published()
        .filter(kind=Resource.TABLE, versions__current=True)
        .exclude(slug__endswith=IMPROVED)
        .select_related("dataset")
    )


def measured() -> QuerySet[Dataset]:
    """Published datasets with measurements behind them."""
    return Dataset.objects.published().exclude(things=[])


def properties(datasets: Iterable[Dataset]) -> dict[int, list[tuple[str, str, int]]]:
    """For each dataset what its things observe: slug, name, and how many series; two queries."""
    wanted = list(datasets)
    kinds = {kind for one in wanted for kind in one.things}
    found: dict[str, dict[tuple[str, str], int]] = {}
    rows = Datastream.objects.public().filter(thing__kind__in=kinds)
    for kind, slug, name in rows.values_list(
        "thing__kind", "observed_property__slug", "observed_property__name"
    ):
        if slug:
            counted = found.setdefault(kind, {})
            counted[slug, name] = counted.get((slug, name), 0) + 1
    return {
        one.pk: sorted(
            (slug, name, count) for kind in one.things
            for (slug, name), count in found.get(kind, {}).items()
        )
        for one in wanted
    }  # fmt: skip


def of_table(resource: Resource) -> Snapshot:
    """The current version. Raises TooLarge."""
    version = resource.versions.filter(current=True).get()
    fields = version.columns
    if version.rows > MOST_ROWS or version.rows * len(fields) > MOST_CELLS:
        raise TooLarge(
            _("This table is too large: at most %(rows)d rows and %(cells)d cells can be examined.")
            % {"rows": MOST_ROWS, "cells": MOST_CELLS}
        )
    rows = [row for page in stream(version) for row in map(_plain, page)]
    return Snapshot(
        columns=list(fields), rows=rows, version=version.number, key=key_of(fields, rows)
    )


def _plain(row: Iterable[Any]) -> Row:
    """Days and instants as text, all else as it is."""
    built: Row = msgspec.to_builtins(list(row))
    return built


def key_of(fields: Iterable[Field], rows: list[Row]) -> str:
    """The first column that names each row: called so, and never twice."""
    for place, one in enumerate(fields):
        named = one.slug in ("id", "nr", "objectid", "kennung") or one.slug.endswith(("_id", "_nr"))
        if one.kind not in ("text", "integer") or not (named or place == 0):
            continue
        values = [row[place] for row in rows]
        if rows and None not in values and len({str(value) for value in values}) == len(values):
            return one.slug
    return ""


def of_series(dataset: Dataset, observed: str, days: int) -> Snapshot:
    """Hourly means of one property: a row for each hour, a column for each place."""
    found = list(
        Datastream.objects.public()
        .filter(thing__kind__in=dataset.things, observed_property__slug=observed)
        .select_related("thing__place", "observed_property")
        .order_by("pk")[:MOST_SERIES]
    )
    end = clock.now().replace(minute=0, second=0, microsecond=0)
    if not found:
        return Snapshot(columns=[], rows=[], version=0)
    told = series.in_steps(
        [one.pk for one in found], end - timedelta(days=days), end, Step(unit="hour")
    )
    columns = [Field(slug="at", kind="datetime", title="Beginn der Stunde", title_en="Hour")]
    columns += [_column(one) for one in found]
    rows = [
        _plain([at, *(line.mean[index] for line in told.lines)])
        for index, at in enumerate(told.times)
    ]
    return Snapshot(columns=columns, rows=rows, version=0, key="at")


def _column(one: Datastream) -> Field:
    place = one.thing.place.name if one.thing.place else one.thing.name
    return Field(
        slug=f"s{one.pk}", kind="number", title=place[:120], unit=one.unit_symbol or "",
        about=one.name[:300],
    )  # fmt: skip


def packed(rows: Iterable[Row]) -> bytes:
    """Compressed JSON, one row a line; the same rows give the same bytes."""
    lines = b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
    return gzip.compress(lines, mtime=0)


def unpacked(data: bytes | memoryview) -> list[Row]:
    """The rows again."""
    return [msgspec.json.decode(line) for line in lines_of(data)]


def lines_of(data: bytes | memoryview) -> list[bytes]:
    """Each row as JSON."""
    return gzip.decompress(bytes(data)).splitlines()


def current(resource: Resource) -> Version | None:
    """The version that everybody reads."""
    return resource.versions.filter(current=True).first()


def text_columns(snapshot: Snapshot) -> Iterator[tuple[int, Field]]:
    """Columns that may be a key elsewhere."""
    for place, one in enumerate(snapshot.columns):
        if one.kind in ("text", "integer"):
            yield place, one
