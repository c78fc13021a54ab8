"""DATEX II 3.7: the parking table and its status, valid against the schema of the payload."""

from datetime import datetime
from typing import Final

from stadtkern.kernel.feeds.parking import Count, Facility, Spot
from stadtkern.site.feeds import grading
from stadtkern.site.feeds.publication import Publication
from stadtkern.site.feeds.writers import tree
from stadtkern.site.feeds.writers.payload_v3 import COMMON, SCHEMA, head, payload, point, words
from stadtkern.site.feeds.writers.tree import Branch

PARKING, FACILITIES = f"{SCHEMA}parking", f"{SCHEMA}facilities"
PREFIXES: Final = {"prk": PARKING, "fac": FACILITIES}
TABLE: Final = "parking"
LAYOUTS: Final = {"CAR_PARK": "building", "UNDERGROUND": "building"}
OPENING: Final = {"open": "open", "closed": "closed", "unknown": "statusUnknown"}
TRENDS: Final = {"rising": "increasing", "falling": "decreasing", "steady": "stable"}
OBJECT: Final = "fac:FacilityObject"
# Layers of the hierarchy: a site, its groups, its spaces.
SITE, GROUP, SPACE = 1, 2, 3


def table(publication: Publication) -> bytes:
    """The sites, the groups kept for somebody, and the single spaces, each named by its parent."""
    top = payload(publication, "prk:ParkingTablePublication", PREFIXES)
    head(top, PARKING)
    found = top.add("parkingTable", namespace=PARKING, id=TABLE, version=_version(publication))
    words(found, "name", f"Parken in {publication.city}")
    found.add("versionTime", _static_at(publication))
    for one in publication.facilities:
        _place(publication, found, one)
        for count in grading.parts(one):
            _area(found, one, count)
        for spot in one.spots:
            _space(found, one, spot)
    return tree.written(top)


def status(publication: Publication) -> bytes:
    """What is free at each site, group and space; a space whose state is unknown is left out."""
    top = payload(publication, "prk:ParkingStatusPublication", PREFIXES)
    top.add("parkingTableReference", namespace=PARKING, targetClass="prk:ParkingTable", id=TABLE,
            version=_version(publication))  # fmt: skip
    head(top, PARKING)
    for one in publication.facilities:
        _place_status(top, one)
        for count in grading.parts(one):
            _area_status(top, one, count)
        for spot in one.spots:
            _space_status(top, one, spot)
    return tree.written(top)


def _version(publication: Publication) -> str:
    return str(int(_static_at(publication).timestamp()))


def _version_of(one: Facility) -> str:
    return str(int(one.static_at.timestamp()))


def _static_at(publication: Publication) -> datetime:
    return max((one.static_at for one in publication.facilities), default=publication.generated)


def _element(
    found: Branch, kind: str, one: Facility, uid: str, name: str, english: str = "",
) -> Branch:  # fmt: skip
    element = found.add("hierarchyElementGeneral", type_=f"prk:{kind}", id=uid,
                        version=_version_of(one))  # fmt: skip
    words(element, "name", name, FACILITIES, english)
    return element


def _place(publication: Publication, found: Branch, one: Facility) -> None:
    """A site. The order is that of the schema: object, hierarchy, place."""
    place = _element(found, "Place", one, one.uid, one.name, one.name_en)
    place.add("lastUpdated", one.static_at, namespace=FACILITIES)
    if said := grading.description(one):
        words(place, "description", said, FACILITIES)
    if one.page:
        site = place.add("informationWebsite", namespace=FACILITIES)
        site.add("urlLinkAddress", publication.url(one.page), namespace=COMMON)
    if one.opening_hours == "24/7":
        place.add("operatingHours", namespace=FACILITIES, type_="fac:OpenAllHours")
    _position(place, one.lon, one.lat)
    if one.max_height_cm:
        size = place.add("dimension", namespace=FACILITIES)
        size.add("height", one.max_height_cm / 100)
    place.add("layer", SITE)
    place.add("type", "place")
    for child in (*(_group_uid(one, c) for c in grading.parts(one)), *(s.uid for s in one.spots)):
        _reference(place, "childId", child, _version_of(one))
    _supply(place, one.all.capacity)
    place.add("layout", LAYOUTS.get(one.kind, "openSpace"))
    _configured(place, one)


def _configured(place: Branch, one: Facility) -> None:
    """How it is built, and the thresholds at which it is called almost full and full."""
    components = place.add("commonComponents")
    built = components.add("characteristics")
    if one.kind == "UNDERGROUND":
        built.add("structureGrade", "underground")
    street = "onStreet" if one.kind == "ON_STREET" else "offStreetSurface"
    built.add("structureType", "offStreetStructure" if one.kind in LAYOUTS else street)
    if one.covered is not None:
        built.add("coveredType", "covered" if one.covered else "notCovered")
    built.add("spacesTotal", one.all.capacity)
    if limits := grading.limits(one):
        _thresholds(components.add("thresholdConfiguration"), one, limits)


def _thresholds(configuration: Branch, one: Facility, limits: grading.Limits) -> None:
    """As free spaces: called so at or below the lower, and no more from the upper on."""
    capacity = one.all.capacity
    for word, low, high in (("almostFull", limits.low_below, limits.low_above),
                            ("full", limits.full_below, limits.full_above)):  # fmt: skip
        status = configuration.add("statusConfiguration")
        status.add("parkingStatus", word)
        thresholds = status.add("thresholds", type_="prk:AvailableSpacesThresholds")
        thresholds.add("lowerThreshold", max(0, capacity - low))
        thresholds.add("upperThreshold", max(0, capacity - high))


def _area(found: Branch, one: Facility, count: Count) -> None:
    area = _element(found, "SpecificArea", one, _group_uid(one, count),
                    grading.TITLES[count.audience])  # fmt: skip
    area.add("layer", GROUP)
    area.add("type", "identifiedArea")
    _reference(area, "parentId", one.uid, _version_of(one))
    _supply(area, count.capacity)


def _space(found: Branch, one: Facility, spot: Spot) -> None:
    space = _element(found, "Space", one, spot.uid, spot.name)
    _position(space, spot.lon, spot.lat)
    space.add("layer", SPACE)
    space.add("type", "space")
    _reference(space, "parentId", one.uid, _version_of(one))
    _supply(space, 1)
    if spot.max_stay_minutes:
        more = space.add("additionalCharacteristics").add("assignment")
        more.add("maximumParkingDuration", spot.max_stay_minutes * 60)


def _group_uid(one: Facility, count: Count) -> str:
    return f"{one.uid}-{count.audience}"


def _position(branch: Branch, lon: float, lat: float) -> None:
    point(branch, "locationReference", lon, lat, FACILITIES)


def _reference(branch: Branch, name: str, uid: str, version: str, namespace: str = "") -> None:
    branch.add(name, namespace=namespace, targetClass=OBJECT, id=uid, version=version)


def _supply(branch: Branch, spaces: int) -> None:
    supply = branch.add("supply")
    supply.add("quantity", spaces)
    supply.add("viewType", "spaceView")


def _status(top: Branch, kind: str, one: Facility, uid: str, at: datetime | None) -> Branch:
    found = top.add("parkingStatusInformation", namespace=PARKING, type_=f"prk:{kind}")
    _reference(found, "reference", uid, _version_of(one), FACILITIES)
    if at is not None:
        found.add("lastUpdated", at, namespace=FACILITIES)
    return found


def _place_status(top: Branch, one: Facility) -> None:
    found = _status(top, "PlaceStatus", one, one.uid, one.at)
    found.add("openingStatus", OPENING[one.opening], namespace=FACILITIES)
    if one.free is None and one.live:
        found.add("parkingFault", "noParkingInformationAvailable")
    _occupancy(found, one, one.all, whole=True)
    if one.at is not None and one.free is not None:
        _demand(found, one, one.at)
    found.add("status", grading.word(one))


def _area_status(top: Branch, one: Facility, count: Count) -> None:
    found = _status(top, "PlaceStatus", one, _group_uid(one, count), one.at)
    _occupancy(found, one, count, whole=False)


def _occupancy(found: Branch, one: Facility, count: Count, *, whole: bool) -> None:
    """`probability` is how far the number can be trusted."""
    occupancy = found.add("occupancy")
    occupancy.add("numberOfSpacesOverride", count.capacity)
    free = one.vacant(count)
    if free is not None:
        occupancy.add("numberOfVacantSpaces", free)
        if one.opening != "closed":
            occupancy.add("numberOfOccupiedSpaces", count.capacity - free)
            if count.capacity:
                occupancy.add("occupancy", round(100 * (1 - free / count.capacity), 1))
    if whole:
        occupancy.maybe("occupancyTrend", TRENDS.get(one.trend))
        if one.confidence is not None and free is not None:
            share = occupancy.add("probability")
            share.add("percentage", round(100 * one.confidence, 1), namespace=COMMON)


def _demand(found: Branch, one: Facility, at: datetime) -> None:
    """The count itself, with when it was made."""
    table = found.add("demandTable")
    table.add("timestamp", at)
    if one.opening == "closed" or one.free is None:
        return
    demand = table.add("demandType")
    demand.add("creationTime", at)
    demand.add("occupancyCalculation", "counted")
    demand.add("count", one.all.capacity - one.free)


def _space_status(top: Branch, one: Facility, spot: Spot) -> None:
    if spot.state == "unknown":
        return
    found = _status(top, "SpaceStatus", one, spot.uid, spot.at)
    found.add("occupied", spot.state != "free")
    if spot.at is not None:
        found.add("measurementOrCalculationTime", spot.at)
