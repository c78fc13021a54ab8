"""Takes an edition in: what is clear at once, what is doubtful when staff have decided."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from stadtkern.kernel import clock
from stadtkern.kernel.places.models import Place, point
from stadtkern.systems.charging.logic import LOCATION
from stadtkern.systems.charging.logic.register.comparing import Plan, Site
from stadtkern.systems.charging.logic.register.rows import Row, kind_of
from stadtkern.systems.charging.models import Connector, Edition, Evse, Location, RegisterRecord
from stadtkern.systems.charging.models.register import LICENCE, SOURCE

# Volt per phase, by which the ampere are reckoned that the register does not have.
VOLT = {"AC_1_PHASE": 230, "AC_3_PHASE": 230, "DC": 400}
PHASES = {"AC_1_PHASE": 1, "AC_3_PHASE": 3, "DC": 1}


class Taken(Exception):
    """This very file has been taken in before."""


class Undecidable(Exception):
    """The decision does not fit the row; the text says why."""


def take(found: Plan, *, day: date, name: str) -> Edition:
    """Store the edition, make what is new, bring up to date what matches. Raises Taken."""
    with transaction.atomic():
        edition, fresh = Edition.objects.get_or_create(digest=found.digest, defaults={
            "day": day, "name": name[:200], "layout": found.layout[:40], "rows": found.rows,
            "skipped": found.elsewhere,
        })  # fmt: skip
        if not fresh:
            raise Taken
        for site in found.sites:
            _take(edition, site)
    return edition


def _take(edition: Edition, site: Site) -> None:
    location, state = site.location, site.state
    if state == "new":
        location, state = make(site.rows, source=source_of(edition.day)), "matched"
    elif state in ("matched", "conflict") and location is not None:
        _bring_up_to_date(location, site)
    RegisterRecord.objects.bulk_create(
        _record(edition, row, site, location, state) for row in site.rows
    )


def source_of(day: date) -> str:
    return f"{SOURCE}, Ladesäulenregister, Stand {day:%d.%m.%Y}"


def _record(
    edition: Edition, row: Row, site: Site, location: Location | None, state: str
) -> RegisterRecord:
    parts: dict[str, Any] = dict(site.fit.parts) if site.fit else {}
    if site.changes:
        parts["changes"] = [
            {"field": one.field, "ours": one.ours, "theirs": one.theirs, "kept": one.kept}
            for one in site.changes
        ]
    return RegisterRecord(
        edition=edition, line=row.line, register_id=row.register_id, operator=row.operator,
        street=row.street, postcode=row.postcode, town=row.town, lon=row.lon, lat=row.lat,
        commissioned=row.commissioned, fast=row.fast, points=row.points, kw=row.kw,
        hours=row.hours, plugs=[one.said() for one in row.plugs], state=state,
        location=location, score=site.fit.score if site.fit else None, reasons=parts,
    )  # fmt: skip


def make(rows: Sequence[Row], *, source: str, lon: float | None = None,
         lat: float | None = None) -> Location:  # fmt: skip
    """A location with the points of these rows of one address."""
    first = rows[0]
    where = (first.lon if lon is None else lon, first.lat if lat is None else lat)
    if where[0] is None or where[1] is None:
        raise Undecidable("no position")
    place = Place.objects.create(
        kind=LOCATION, name=first.street or first.operator, street=first.street,
        postcode=first.postcode, town=first.town, geometry=point(where[0], where[1]),
        source=source, licence=LICENCE,
    )  # fmt: skip
    location = Location.objects.create(
        place=place, uid=free_uid(first.street or first.operator), operator=first.operator,
        opening_hours=first.hours, commissioned=first.commissioned,
    )  # fmt: skip
    add_points(location, rows)
    return location


def free_uid(text: str) -> str:
    """An id in OCPI (36 characters) that no location has yet."""
    umlauts = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}
    readable = "".join(umlauts.get(sign, sign) for sign in text.casefold())
    base = slugify(readable)[:32].strip("-") or "location"
    taken = set(Location.objects.filter(uid__startswith=base).values_list("uid", flat=True))
    return next(uid for n in range(1, 10_000)
                if (uid := base if n == 1 else f"{base}-{n}") not in taken)  # fmt: skip


def add_points(location: Location, rows: Iterable[Row], *, after: int = 0) -> int:
    """The points of these rows from number `after` + 1 on; returns how many were made."""
    number = after
    for row in rows:
        for at in range(row.points):
            number += 1
            plug = row.plugs[min(at, len(row.plugs) - 1)] if row.plugs else None
            own = plug is not None and at < len(row.plugs)
            evse = Evse.objects.create(
                location=location, number=number, uid=f"{location.uid[:30]}-{number}",
                evse_id=_unused(plug.evse_id) if plug and own else "",
            )  # fmt: skip
            if plug:
                _connectors(evse, plug.types, plug.kw)
    return number - after


def _unused(evse_id: str) -> str:
    return "" if Evse.objects.filter(evse_id=evse_id).exists() else evse_id


def _connectors(evse: Evse, types: Iterable[str], kw: float | None) -> None:
    kinds = [kind for said in types if (kind := kind_of(said))]
    Connector.objects.bulk_create(
        connector(evse, n, kind.standard, kind.format, kind.power, kw or kind.kw)
        for n, kind in enumerate(kinds, 1)
    )


def connector(
    evse: Evse, number: int, standard: str, form: str, power: str, kw: float
) -> Connector:
    """A connector; ampere follow from the power."""
    volt = VOLT[power]
    return Connector(
        evse=evse, number=number, standard=standard, format=form, power_type=power,
        max_voltage=volt, max_amperage=round(kw * 1000 / (volt * PHASES[power])),
        max_watt=round(kw * 1000),
    )  # fmt: skip


def _bring_up_to_date(location: Location, site: Site) -> None:
    """What staff have not set by hand; points are added, never taken away."""
    theirs = {one.field: one for one in site.changes if not one.kept}
    first = site.first
    if "operator" in theirs:
        location.operator = first.operator
    if "hours" in theirs:
        location.opening_hours = first.hours
    if "commissioned" in theirs:
        location.commissioned = first.commissioned
    if "postcode" in theirs:
        Place.objects.filter(pk=location.place_id).update(postcode=first.postcode)
    if theirs:
        location.changed = clock.now()
        location.save()
    if "points" in theirs:
        _grow(location, site.rows)
    fill_in_ids(location, site.rows)


def _grow(location: Location, rows: Sequence[Row]) -> None:
    """Points beyond those that are there, numbered on."""
    have = location.evses.count()
    last = max(location.evses.values_list("number", flat=True), default=0)
    beyond, seen = [], 0
    for row in rows:
        missing = max(seen + row.points - max(have, seen), 0)
        if missing:
            plugs = row.plugs[-missing:] or row.plugs
            beyond.append(_part(row, missing, plugs))
        seen += row.points
    add_points(location, beyond, after=last)


def _part(row: Row, points: int, plugs: Any) -> Row:
    return replace(row, points=points, plugs=tuple(plugs))


def fill_in_ids(location: Location, rows: Iterable[Row]) -> None:
    """Official numbers where ours are not known, in the order of the points."""
    ids = [plug.evse_id for row in rows for plug in row.plugs]
    if not any(ids):
        return
    for evse, evse_id in zip(location.evses.order_by("number"), ids, strict=False):
        if evse_id and not evse.evse_id and _unused(evse_id):
            Evse.objects.filter(pk=evse.pk).update(evse_id=evse_id, changed=clock.now())
