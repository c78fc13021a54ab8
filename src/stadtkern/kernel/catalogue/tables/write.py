"""Writes a new version of a table: its relation, its rows by COPY, and makes it the current one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import islice
from typing import Any

import msgspec
from django.db import connection, transaction
from django.db.models import Max
from psycopg import sql
from psycopg.types.json import Jsonb

from stadtkern.kernel import clock
from stadtkern.kernel.catalogue.columns import SQL, Field, geometry_of
from stadtkern.kernel.catalogue.models import Dataset, Resource, StoredFile, Version
from stadtkern.kernel.catalogue.tables import indexes
from stadtkern.kernel.catalogue.tables.names import BOX, ROW, relation
from stadtkern.kernel.places.models import box_of

Row = Mapping[str, Any]
PIECE = 5000


def write(
    resource: Resource,
    fields: Sequence[Field],
    rows: Iterable[Row],
    *,
    by: str = "",
    note: str = "",
    report: Mapping[str, Any] | None = None,
    file: StoredFile | None = None,
    stage: bool = False,
) -> Version:
    """Store these rows as the newest version; where nothing changed, the current one stays.

    Values are Python's own for the column's kind, None where there is none; a geometry is a
    GeoJSON object. A value of another kind raises psycopg.DataError and nothing is stored.
    `rows` must not ask this database: it is busy taking them. A staged version is always new,
    and nobody reads it until it is released.
    """
    with transaction.atomic():
        Resource.objects.select_for_update().get(pk=resource.pk)
        version = _begun(
            resource, fields, created_by=by, note=note, report=report or {}, file=file,
            staged=stage,
        )  # fmt: skip
        _create(version)
        digest, count = _copy(version, rows)
        if stage:
            return _staged(version, digest, count)
        current = resource.versions.filter(current=True).first()
        if current and (current.digest, current.fields) == (digest, version.fields):
            version.delete()
            return current
        indexes.create(version)
        return _made_current(version, digest, count)


def _begun(resource: Resource, fields: Sequence[Field], **facts: Any) -> Version:
    last = resource.versions.aggregate(last=Max("number"))["last"] or 0
    listed = msgspec.to_builtins(list(fields))
    return Version.objects.create(
        resource=resource, number=last + 1, current=False, fields=listed, **facts
    )


def _create(version: Version) -> None:
    columns = [
        sql.SQL("{} {}").format(sql.Identifier(one.slug), sql.SQL(SQL[one.kind]))
        for one in version.columns
    ]
    own = [sql.SQL("{} bigint primary key").format(sql.Identifier(ROW))]
    if geometry_of(version.columns):
        own.append(sql.SQL("{} box").format(sql.Identifier(BOX)))
    own.extend(indexes.own(version.columns))
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("create table {} ({})").format(
                relation(version), sql.SQL(", ").join([*own, *columns])
            )
        )


def _copy(version: Version, rows: Iterable[Row]) -> tuple[str, int]:
    """Digest of all values in their order, and how many rows there were."""
    digest, count = sha256(), 0
    named = [one.slug for one in version.columns]
    shape = geometry_of(version.columns)
    statement = sql.SQL("copy {} ({}) from stdin").format(
        relation(version), sql.SQL(", ").join(map(sql.Identifier, _written(version)))
    )
    numbered = enumerate(rows, start=1)
    # Piece by piece: a builder of rows may ask the database, which cannot answer during a COPY.
    while piece := list(islice(numbered, PIECE)):
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            for count, row in piece:
                digest.update(msgspec.json.encode([row.get(name) for name in named]))
                copy.write_row(list(_cells(count, row, version.columns, shape)))
    return digest.hexdigest(), count


def _written(version: Version) -> list[str]:
    """The columns that are written: ours, then the table's own in their order."""
    own = [ROW, BOX] if geometry_of(version.columns) else [ROW]
    return [*own, *(one.slug for one in version.columns)]


def _cells(number: int, row: Row, fields: Sequence[Field], shape: Field | None) -> Iterator[Any]:
    yield number
    if shape:
        yield _box(row.get(shape.slug))
    for one in fields:
        value = row.get(one.slug)
        yield Jsonb(value) if one.kind == "geometry" and value is not None else value


def _box(geometry: Any) -> str | None:
    west, south, east, north = box_of(geometry)
    return None if west is None else f"({east},{north}),({west},{south})"


def _staged(version: Version, digest: str, count: int) -> Version:
    version.digest, version.rows = digest, count
    version.save(update_fields=["digest", "rows"])
    indexes.create(version)
    return version


def release(version: Version, *, note: str = "") -> Version:
    """Make a staged version the current one, with the highest number."""
    with transaction.atomic():
        resource = Resource.objects.select_for_update().get(pk=version.resource_id)
        others = resource.versions.exclude(pk=version.pk).filter(staged=False)
        version.number = _free_number(resource, version, others)
        version.staged, version.note = False, note or version.note
        version.save(update_fields=["number", "staged", "note"])
        indexes.remember(version)
        return _made_current(version, version.digest, version.rows)


def _free_number(resource: Resource, version: Version, others: Any) -> int:
    last = others.aggregate(last=Max("number"))["last"] or 0
    if version.number > last:
        return version.number
    return (resource.versions.aggregate(last=Max("number"))["last"] or 0) + 1


def again(version: Version, *, by: str, note: str) -> Version:
    """An older version once more, as the newest one: numbers of versions only rise."""
    with transaction.atomic():
        resource = Resource.objects.select_for_update().get(pk=version.resource_id)
        new = _begun(
            resource, version.columns, created_by=by, note=note, report=version.report,
            file=version.file, lineage=version.lineage,
        )  # fmt: skip
        _create(new)
        columns = sql.SQL(", ").join(map(sql.Identifier, _written(version)))
        statement = sql.SQL("insert into {} ({}) select {} from {} order by {}").format(
            relation(new), columns, columns, relation(version), sql.Identifier(ROW)
        )
        with connection.cursor() as cursor:
            cursor.execute(statement)
        indexes.create(new)
        return _made_current(new, version.digest, version.rows)


def _made_current(version: Version, digest: str, count: int) -> Version:
    version.resource.versions.filter(current=True).update(current=False)
    version.digest, version.rows, version.current = digest, count, True
    version.save(update_fields=["digest", "rows", "current"])
    Dataset.objects.filter(pk=version.resource.dataset_id).update(modified=clock.now())
    return version


def drop(version: Version) -> None:
    """Forget the rows of a version, and keep what is known about it."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("drop table if exists {}").format(relation(version)))
    version.dropped = True
    version.save(update_fields=["dropped"])


def forget_old(resource: Resource, *, keep: int, entirely: bool = False) -> int:
    """Drop the rows of all but the newest `keep` versions; their metadata stays, unless entirely.

    The one before the current one should stay: somebody may be reading it.
    """
    kept = resource.versions.filter(current=False, dropped=False, staged=False)
    old = list(kept.order_by("-number"))
    for version in old[keep - 1 :]:
        if entirely:
            version.delete()
        else:
            drop(version)
    return len(old[keep - 1 :])
