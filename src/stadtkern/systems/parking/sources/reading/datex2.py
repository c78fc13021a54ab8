"""Reads DATEX II parking: records of v2 and of 3.0 to 3.2, and the hierarchy of 3.3 to 3.7."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from stadtkern.systems.parking.sources.reading import trees
from stadtkern.systems.parking.sources.reading.told import (
    Batch,
    NotUnderstood,
    Opening,
    Refusal,
    Told,
    Wrong,
    capacity,
    instant,
    position,
    text,
    whole,
)

LAYOUTS: Final = {
    "multiStorey": "CAR_PARK", "underground": "UNDERGROUND", "building": "CAR_PARK",
    "undergroundAndMultistorey": "CAR_PARK", "automatedParkingGarage": "CAR_PARK",
}  # fmt: skip
CLOSED: Final = frozenset(
    ("closed", "closedAbnormal", "closedOnHoliday", "closedOnMaintenance", "temporarilyClosed")
)


def read(body: bytes) -> Batch:
    """Car parks or their numbers, whichever the publication has. Raises NotUnderstood."""
    payload = _payload(trees.parsed(body))
    batch, found = Batch(), 0
    for element, one in _rows(payload):
        found += 1
        try:
            told = one(element)
            if told is not None:
                batch.told.append(told)
            elif element.get("id"):
                batch.parts.add(str(element.get("id")))
        except Wrong as wrong:
            row = element.get("id") or _reference(element) or str(found)
            batch.refused.append(Refusal(row=row, field=wrong.field, reason=wrong.reason))
    if not found:
        raise NotUnderstood(_("there is neither a parking table nor a parking status in it"))
    return batch


def _payload(top: Element) -> Element:
    """The publication, whatever it came in."""
    ways = (
        ("payloadPublication", "genericPublicationExtension"), ("payloadPublication",), ("payload",)
    )  # fmt: skip
    found = (trees.down(top, *way) for way in ways)
    inner = next((one for one in found if one is not None), None)
    if inner is None:
        return top
    for name in ("parkingTablePublication", "parkingStatusPublication"):
        if (publication := trees.down(inner, name)) is not None:
            return publication
    return inner


def _rows(payload: Element) -> Iterator[tuple[Element, Callable[[Element], Told | None]]]:
    for table in trees.children(payload, "parkingTable"):
        for record in trees.children(table, "parkingRecord"):
            yield record, _record
        for element in trees.children(table, "hierarchyElementGeneral"):
            yield element, _place
    for status in trees.children(payload, "parkingRecordStatus"):
        yield status, _record_status
    for status in trees.children(payload, "parkingStatusInformation"):
        yield status, _place_status


def _record(record: Element) -> Told:
    lon, lat = _point(trees.down(record, "parkingLocation"))
    kind = LAYOUTS.get(trees.said(record, "parkingLayout") or "", "OFF_STREET_PARKING_GROUND")
    if trees.said(record, "urbanParkingSiteType") == "onStreetParking":
        kind = "ON_STREET"
    facts: dict[str, Any] = {"kind": kind}
    if operator := trees.words(trees.down(record, "operator"), "contactOrganisationName"):
        facts["operator"] = operator[:120]
    if trees.said(record, "openingTimes", "available24hours") == "true":
        facts["opening_hours"] = "24/7"
    return Told(
        uid=text(record.get("id"), "id", 256, needed=True),
        name=text(trees.words(record, "parkingName"), "parkingName", needed=True),
        lon=lon, lat=lat, facts=facts,
        capacity=capacity(trees.said(record, "parkingNumberOfSpaces"), "parkingNumberOfSpaces"),
    )  # fmt: skip


def _place(element: Element) -> Told | None:
    """A place of the hierarchy; areas and single spaces of it are parts, no car parks."""
    if trees.type_of(element) != "Place":
        return None
    lon, lat = _point(trees.down(element, "locationReference"))
    kind = LAYOUTS.get(trees.said(element, "layout") or "", "OFF_STREET_PARKING_GROUND")
    built = trees.down(element, "commonComponents", "characteristics")
    if trees.said(built, "structureGrade") == "underground":
        kind = "UNDERGROUND"
    elif trees.said(built, "structureType") == "onStreet":
        kind = "ON_STREET"
    return Told(
        uid=text(element.get("id"), "id", 256, needed=True),
        name=text(trees.words(element, "name"), "name", needed=True), lon=lon, lat=lat,
        capacity=capacity(trees.said(element, "supply", "quantity"), "quantity"),
        facts={"kind": kind},
    )  # fmt: skip


def _point(location: Element | None) -> tuple[float | None, float | None]:
    point = trees.down(location, "pointByCoordinates", "pointCoordinates")
    if point is None:
        point = trees.down(location, "coordinatesForDisplay")
    if point is None:
        point = trees.down(location, "locationForDisplay")
    return position(trees.said(point, "longitude"), trees.said(point, "latitude"))


def _record_status(status: Element) -> Told:
    """The site's own count: those of its groups are parts of it."""
    occupancy = trees.down(status, "parkingOccupancy")
    return _counted(
        status, occupancy, prefix="parkingN", origin="parkingStatusOriginTime",
        opening=trees.said(status, "parkingSiteOpeningStatus"),
    )  # fmt: skip


def _place_status(status: Element) -> Told | None:
    if trees.type_of(status) not in ("PlaceStatus", ""):
        return None
    return _counted(
        status, trees.down(status, "occupancy"), prefix="n", origin="lastUpdated",
        opening=trees.said(status, "openingStatus"),
    )  # fmt: skip


def _counted(
    status: Element, occupancy: Element | None, *, prefix: str, origin: str, opening: str | None
) -> Told:
    vacant, spaces = f"{prefix}umberOfVacantSpaces", f"{prefix}umberOfSpacesOverride"
    closed: Opening = "closed" if opening in CLOSED else "open" if opening == "open" else ""
    return Told(
        uid=text(_reference(status), "reference", 256, needed=True),
        capacity=capacity(trees.said(occupancy, spaces), spaces),
        free=whole(trees.said(occupancy, vacant), vacant),
        measured=_measured(status, origin), opening=closed,
    )  # fmt: skip


def _measured(status: Element, origin: str) -> datetime | None:
    return instant(trees.said(status, origin), origin) or instant(
        trees.said(status, "demandTable", "timestamp"), "timestamp"
    )


def _reference(status: Element) -> str | None:
    """What it is about; some systems append a version in brackets."""
    for name in ("parkingRecordReference", "reference"):
        if (found := trees.down(status, name)) is not None:
            return (found.get("id") or "").partition("[")[0] or None
    return None
