"""Editions: made from a file, protected, compared, published, withdrawn."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec
from django.db import connection, transaction
from django.db.models import Max, Q

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.catalogue.models import StoredFile
from stadtkern.systems.statistics.logic import opendata, protect, structure
from stadtkern.systems.statistics.models import Cell, Edition, Table
from stadtkern.systems.statistics.reading.extract import Extract
from stadtkern.systems.statistics.reading.model import Reading

BATCH = 5000
Known = dict[tuple[int, ...], tuple[Decimal | None, str, str, int]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A number that differs between two editions; None where one has none."""

    key: tuple[int, ...]
    before: str | None
    after: str | None
    by: Decimal | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """How an edition differs from the published one before it."""

    before: Edition | None
    new: int
    gone: int
    same: int
    changed: Sequence[Change]


def make(
    table: Table, extract: Extract, reading: Reading, *,
    file: StoredFile | None, by: str, note: str = "",
) -> Edition:  # fmt: skip
    """A draft with all numbers of the file, over those of the edition before where they are kept.

    Raises StructureProblem where the file does not fit the table.
    """
    if problems := [p for p in (*extract.problems, *structure.check(table, extract)) if p.grave]:
        raise structure.StructureProblem(problems[0].text)
    with transaction.atomic():
        Table.objects.select_for_update().get(pk=table.pk)
        dims, places = structure.order(table, extract)
        ids = structure.items(dims, [extract.labels[place] for place in places])
        before = current(table)
        known = _known(before) if before else {}
        edition = _begin(table, extract, reading, file, by, note)
        cells = dict(_cells(extract, ids, places, edition, known))
        if reading.keep:
            cells = {**_kept(known, edition), **cells}
        Cell.objects.bulk_create(cells.values(), batch_size=BATCH)
        structure.relate(dims, ids, _numbers(cells, ids))
        Table.objects.filter(pk=table.pk).update(reading=msgspec.to_builtins(reading))
    return edition


def _begin(
    table: Table, extract: Extract, reading: Reading, file: StoredFile | None, by: str, note: str
) -> Edition:
    last = table.editions.aggregate(last=Max("number"))["last"] or 0
    return Edition.objects.create(
        table=table, number=last + 1, created_by=by, note=note, file=file,
        reading=msgspec.to_builtins(reading), notes=extract.notes,
    )  # fmt: skip


def _cells(
    extract: Extract, ids: structure.Ids, places: Sequence[int], edition: Edition, known: Known
) -> Iterator[tuple[tuple[int, ...], Cell]]:
    for codes, found in extract.cells.items():
        key = tuple(ids[i][codes[place]] for i, place in enumerate(places))
        before = known.get(key)
        same = before is not None and before[:2] == (found.value, found.sign)
        yield key, Cell(
            edition=edition, key=list(key), raw=found.value, raw_sign=found.sign, note=found.note,
            since_id=before[3] if before and same else edition.pk,
        )  # fmt: skip


def _known(edition: Edition) -> Known:
    rows = edition.cells.values_list("key", "raw", "raw_sign", "note", "since_id")
    return {tuple(key): (raw, sign, note, since) for key, raw, sign, note, since in rows}


def _kept(known: Known, edition: Edition) -> dict[tuple[int, ...], Cell]:
    return {
        key: Cell(edition=edition, key=list(key), raw=raw, raw_sign=sign, note=note, since_id=since)
        for key, (raw, sign, note, since) in known.items()
    }


def _numbers(
    cells: Mapping[tuple[int, ...], Cell], ids: structure.Ids
) -> dict[tuple[str, ...], Decimal | None]:
    codes = [{pk: code for code, pk in one.items()} for one in ids]
    return {
        tuple(codes[i][item] for i, item in enumerate(key)): cell.raw for key, cell in cells.items()
    }


def current(table: Table) -> Edition | None:
    """The edition that everybody sees."""
    return table.editions.filter(state=Edition.PUBLISHED).order_by("-number").first()


class NotProtected(Exception):
    """A draft is not protected as it must be now."""


def publish(edition: Edition, actor: Any) -> None:
    """Show it to everybody, and bring its rows into the catalogue. Raises NotProtected.

    Tables of a family wait for each other: each must know what the others made public.
    """
    table = edition.table
    with transaction.atomic():
        family = Table.objects.filter(Q(pk=table.pk) | ~Q(family="") & Q(family=table.family))
        list(family.select_for_update().order_by("pk"))
        if edition.state != Edition.READY or not protect.fits(edition):
            raise NotProtected
        edition.state, edition.published = Edition.PUBLISHED, clock.now()
        edition.save(update_fields=["state", "published"])
        record(actor, "statistics.publish", edition.table, edition=edition.number)
        opendata.publish(edition)


def withdraw(edition: Edition, actor: Any, reason: str) -> None:
    """Take it back; the one before is shown again, and the catalogue follows."""
    with transaction.atomic():
        edition.state = Edition.WITHDRAWN
        edition.note = f"{edition.note}\n{reason}".strip()
        edition.save(update_fields=["state", "note"])
        record(actor, "statistics.withdraw", edition.table, edition=edition.number, reason=reason)
        before = current(edition.table)
        if before:
            opendata.publish(before)
        else:
            opendata.withdraw(edition.table)


def discard(edition: Edition, actor: Any) -> None:
    """Forget a draft; nobody outside has seen it."""
    with transaction.atomic():
        record(actor, "statistics.discard", edition.table, edition=edition.number)
        edition.delete()


def compare(edition: Edition, *, most: int = 200) -> Comparison:
    """With the newest published edition before it; by the file's numbers, for staff alone."""
    before = (
        edition.table.editions.filter(number__lt=edition.number, published__isnull=False)
        .exclude(state=Edition.WITHDRAWN).order_by("-number").first()
    )  # fmt: skip
    if before is None:
        return Comparison(before=None, new=edition.cells.count(), gone=0, same=0, changed=())
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, {"old": before.pk, "new": edition.pk})
        new, gone, same = cursor.fetchone()
        cursor.execute(CHANGED, {"old": before.pk, "new": edition.pk, "most": most})
        changed = [_change(*row) for row in cursor.fetchall()]
    return Comparison(before=before, new=new, gone=gone, same=same, changed=changed)


COUNTED = """
select count(*) filter (where a.raw_sign is null), count(*) filter (where b.raw_sign is null),
       count(*) filter (where (a.raw, a.raw_sign) is not distinct from (b.raw, b.raw_sign))
  from (select key, raw, raw_sign from statistics_cell where edition_id = %(old)s) a
  full join (select key, raw, raw_sign from statistics_cell where edition_id = %(new)s) b
 using (key)
"""
CHANGED = """
select key, a.raw, a.raw_sign, b.raw, b.raw_sign
  from (select key, raw, raw_sign from statistics_cell where edition_id = %(old)s) a
  join (select key, raw, raw_sign from statistics_cell where edition_id = %(new)s) b using (key)
 where (a.raw, a.raw_sign) is distinct from (b.raw, b.raw_sign)
 order by abs(coalesce(b.raw - a.raw, 0)) desc, key limit %(most)s
"""


def _change(
    key: list[int], old: Decimal | None, old_sign: str, new: Decimal | None, new_sign: str
) -> Change:
    by = new - old if new is not None and old is not None else None
    return Change(key=tuple(key), before=_said(old, old_sign), after=_said(new, new_sign), by=by)


def _said(value: Decimal | None, sign: str) -> str:
    return sign if value is None else f"{value.normalize():f}{sign if sign.isalpha() else ''}"
