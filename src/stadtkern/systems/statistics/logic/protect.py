"""Fills in what may be read of an edition: as it is, with counts hidden, or rounded."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from stadtkern.systems.statistics.models import Cell, Edition, Item, Table
from stadtkern.systems.statistics.secrecy import child, rounding
from stadtkern.systems.statistics.secrecy.frame import Division, Entry, Frame, place
from stadtkern.systems.statistics.signs import SECRET

Rows = list[tuple[int, list[int], Any, Any]]


def protect(edition: Edition) -> None:
    """Make a draft ready. One that cannot be protected stays a draft; its report says why."""
    methods = {
        Table.NONE: _as_it_is, Table.SUPPRESSION: _suppressed, Table.ROUNDING: _rounded,
    }  # fmt: skip
    report = methods[edition.table.protection](edition)
    edition.report = {**_basis(edition.table), **report}
    if not report.get("unprotected"):
        edition.state = Edition.READY
    edition.save(update_fields=["report", "state"])


def fits(edition: Edition) -> bool:
    """Whether a draft is protected as its table now asks for, against all that is public now.

    Since then somebody may have changed the table or its parts, or published another one of the
    family: then the draft must be protected anew, or the two together could tell too much.
    """
    return all(edition.report.get(name) == said for name, said in _basis(edition.table).items())


def _basis(table: Table) -> dict[str, Any]:
    """What a protection rests on."""
    basis: dict[str, Any] = {"method": table.protection}
    if table.protection == Table.NONE:
        return basis
    parts = Item.objects.filter(dimension__table=table, whole__isnull=False).order_by("pk")
    listed = repr(list(parts.values_list("pk", "whole"))).encode()
    basis |= {"threshold": table.threshold, "base": table.base, "family": table.family,
              "parts": sha256(listed).hexdigest()[:16]}  # fmt: skip
    if table.protection == Table.SUPPRESSION:
        basis["against"] = sorted(one.pk for one in _public_before(table))
    return basis


def _as_it_is(edition: Edition) -> dict[str, Any]:
    edition.cells.update(value=F("raw"), sign=F("raw_sign"))
    return {}


def _rounded(edition: Edition) -> dict[str, Any]:
    table = edition.table
    divisions, codes = _divisions(table)
    rows = _rows(edition)
    values = {_codes(key, codes): _count(raw) for _pk, key, raw, _value in rows}
    shown = rounding.table(values, divisions, table.base, _seed(table))
    numbers = [shown[_codes(key, codes)] for _pk, key, _raw, _value in rows]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "update statistics_cell c set value = n.value,"
            # "-" would tell an exact zero from one that was rounded.
            " sign = case when c.raw is null then c.raw_sign when n.value is null then '.'"
            " when c.raw_sign in ('-', '0') then '' else c.raw_sign end"
            " from unnest(%s::bigint[], %s::numeric[]) n(id, value) where c.id = n.id",
            [[row[0] for row in rows], numbers],
        )
    return {"cells": len(rows)}


def _seed(table: Table) -> str:
    """One for a family, so that its tables round the same count alike."""
    if not table.family:
        return table.seed
    first = Table.objects.filter(family=table.family).order_by("pk").first()
    return first.seed if first else table.seed


def _suppressed(edition: Edition) -> dict[str, Any]:
    table = edition.table
    divisions, codes = _divisions(table)
    rows = _rows(edition)
    frame = _frame(table, rows, divisions, codes)
    for public in _public_before(table):
        _remember(frame, public)
    frame.drop_broken_sums()
    puzzle, places = frame.puzzle(table.threshold)
    answer = child.solve(puzzle)
    hidden = {places[i] for i in answer.hidden}
    _store(edition, [pk for pk, key, *_ in rows if place(divisions, _codes(key, codes)) in hidden])
    own = {place(divisions, _codes(key, codes)) for _pk, key, *_ in rows}
    sensitive = {places[i] for i in puzzle.targets} & own
    widths = [high - low for low, high in answer.ranges.values()]
    return {
        "cells": len(rows), "primary": len(sensitive),
        "secondary": len((hidden & own) - sensitive), "narrowest": min(widths, default=0),
        "tables": len(frame.tables),
        "unprotected": [sorted(map(list, places[i])) for i in answer.unprotected][:50],
    }  # fmt: skip


def _frame(table: Table, rows: Rows, divisions: Sequence[Division], codes: dict[int, str]) -> Frame:
    frame = Frame(tables={table.pk})
    for _pk, key, raw, _value in rows:
        count = _count(raw)
        small = count is not None and 0 < count < table.threshold
        frame.entries[place(divisions, _codes(key, codes))] = Entry(
            value=count, sensitive=small, hidden=small or count is None
        )
    frame.add_sums(divisions, [_codes(row[1], codes) for row in rows])
    return frame


def _public_before(table: Table) -> Iterable[Edition]:
    """All that was ever public of the table and its family, withdrawn or not."""
    found = Edition.objects.filter(published__isnull=False).select_related("table")
    if table.family:
        return found.filter(table__family=table.family)
    return found.filter(table=table)


def _remember(frame: Frame, public: Edition) -> None:
    """What was told is told; what was hidden stays hidden as long as its number is the same."""
    divisions, codes = _divisions(public.table)
    frame.tables.add(public.table_id)
    keys = []
    for _pk, key, raw, value in _rows(public):
        named = _codes(key, codes)
        where, count = place(divisions, named), _count(raw)
        entry = frame.entries.get(where)
        keys.append(named)
        if entry is None:
            small = count is not None and 0 < count < public.table.threshold and value is None
            frame.entries[where] = Entry(
                value=count, known=value is not None, hidden=value is None, sensitive=small
            )
        elif entry.value == count:
            entry.known = entry.known or value is not None
            entry.hidden = entry.hidden or value is None
    frame.add_sums(divisions, keys)


def _divisions(table: Table) -> tuple[list[Division], dict[int, str]]:
    rows = Item.objects.filter(dimension__table=table).order_by("dimension__position")
    listed = list(rows.values_list("pk", "code", "whole__code", "dimension__slug"))
    codes = {pk: code for pk, code, _whole, _slug in listed}
    slugs = list(table.dimensions.order_by("position").values_list("slug", flat=True))
    wholes = {
        slug: {code: whole for _pk, code, whole, of in listed if of == slug and whole}
        for slug in slugs
    }
    return [Division(slug=slug, wholes=wholes[slug]) for slug in slugs], codes


def _rows(edition: Edition) -> Rows:
    return list(Cell.objects.filter(edition=edition).values_list("pk", "key", "raw", "value"))


def _codes(key: Sequence[int], codes: dict[int, str]) -> tuple[str, ...]:
    return tuple(codes[item] for item in key)


def _count(raw: Any) -> int | None:
    return None if raw is None else int(raw)


def _store(edition: Edition, hidden: Sequence[int]) -> None:
    """Signs of the file stay where it had no number itself."""
    with transaction.atomic():
        edition.cells.update(value=F("raw"), sign=F("raw_sign"))
        edition.cells.filter(pk__in=hidden, raw__isnull=False).update(value=None, sign=SECRET)
