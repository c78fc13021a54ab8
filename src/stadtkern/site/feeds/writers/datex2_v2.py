"""DATEX II 2.3 with its parking publications, as Mobilithek carries them (generic publication)."""

from datetime import datetime
from typing import Final, Literal

from stadtkern.kernel.feeds.parking import Audience, Count, Facility
from stadtkern.site.feeds import grading
from stadtkern.site.feeds.publication import GERMANY, Publication
from stadtkern.site.feeds.writers import tree
from stadtkern.site.feeds.writers.tree import Branch

NAMESPACE: Final = "http://datex2.eu/schema/2/2_0"
TABLE: Final = "parking"
LAYOUTS: Final = {
    "CAR_PARK": "multiStorey", "UNDERGROUND": "underground", "OFF_STREET_PARKING_GROUND":
    "openSpace", "ON_STREET": "openSpace",
}  # fmt: skip
USERS: Final[dict[Audience, str]] = {"disabled": "disabled", "family": "families"}
OPENING: Final = {"open": "open", "closed": "closed", "unknown": "statusUnknown"}
TRENDS: Final = {"rising": "increasing", "falling": "decreasing", "steady": "stable"}
Name = Literal["ParkingTablePublication", "ParkingStatusPublication"]


def table(publication: Publication) -> bytes:
    """The car parks: what changes seldom."""
    top, found = _message(publication, "ParkingTablePublication")
    table = found.add("parkingTable", id=TABLE, version=version_of(publication))
    _words(table, "parkingTableName", f"Parken in {publication.city}")
    table.add("parkingTableVersionTime", _static_at(publication))
    for one in publication.facilities:
        _record(publication, table, one)
    return tree.written(top)


def status(publication: Publication) -> bytes:
    """The free spaces. What is not known now has no number, and a fault says so."""
    top, found = _message(publication, "ParkingStatusPublication", head=False)
    found.add("parkingTableReference", id=TABLE, version=version_of(publication),
              targetClass="ParkingTable")  # fmt: skip
    _head(found)
    for one in publication.facilities:
        _status(found, one)
    return tree.written(top)


def version_of(publication: Publication) -> str:
    """The version of the table: when anything of it changed last."""
    return str(int(_static_at(publication).timestamp()))


def version(one: Facility) -> str:
    """The version of a record."""
    return str(int(one.static_at.timestamp()))


def _static_at(publication: Publication) -> datetime:
    return max((one.static_at for one in publication.facilities), default=publication.generated)


def _message(publication: Publication, name: Name, *, head: bool = True) -> tuple[Branch, Branch]:
    top = tree.root("d2LogicalModel", NAMESPACE, "d2", modelBaseVersion="2")
    _identity(top.add("exchange").add("supplierIdentification"), publication)
    payload = top.add("payloadPublication", type_="d2:GenericPublication", lang=GERMANY)
    payload.add("publicationTime", publication.generated)
    _identity(payload.add("publicationCreator"), publication)
    payload.add("genericPublicationName", name)
    inner = payload.add("genericPublicationExtension").add(f"{name[0].lower()}{name[1:]}")
    if head:
        _head(inner)
    return top, inner


def _identity(branch: Branch, publication: Publication) -> None:
    branch.add("country", GERMANY)
    branch.add("nationalIdentifier", publication.publisher)


def _head(branch: Branch) -> None:
    head = branch.add("headerInformation")
    head.add("confidentiality", "noRestriction")
    head.add("informationStatus", "real")


def _words(branch: Branch, name: str, text: str) -> None:
    branch.add(name).add("values").add("value", text, lang=GERMANY)


def _record(publication: Publication, table: Branch, one: Facility) -> None:
    """A site. The order is that of the schema."""
    record = table.add("parkingRecord", type_="d2:UrbanParkingSite", id=one.uid,
                       version=version(one))  # fmt: skip
    _words(record, "parkingName", one.name)
    if said := grading.description(one):
        _words(record, "parkingDescription", said)
    record.add("parkingRecordVersionTime", one.static_at)
    record.add("parkingNumberOfSpaces", one.all.capacity)
    if one.max_stay_minutes:
        record.add("maximumParkingDuration", one.max_stay_minutes * 60)
    record.maybe("urlLinkAddress", publication.url(one.page))
    if one.operator:
        operator = record.add("operator", type_="d2:ContactDetails", id=f"{one.uid}-operator",
                              version="1")  # fmt: skip
        _words(operator, "contactOrganisationName", one.operator)
    location = record.add("parkingLocation", type_="d2:Point")
    point = location.add("pointByCoordinates").add("pointCoordinates")
    point.add("latitude", round(one.lat, 7))
    point.add("longitude", round(one.lon, 7))
    if len(one.counts) > 1 and one.all.capacity == 1 and one.part("disabled"):
        record.add("assignedParkingAmongOthers").add("applicableForUser", "disabled")
    for index, count in enumerate(grading.parts(one)):
        _group(record, index, count)
    _thresholds(record, "parkingThresholds", one)
    if one.max_height_cm:
        record.add("parkingRecordDimension").add("dimensionHeight", one.max_height_cm / 100)
    _urban(record, one)


def _urban(record: Branch, one: Facility) -> None:
    """What only sites in a town have."""
    record.add("parkingLayout", LAYOUTS.get(one.kind, "other"))
    if one.park_and_ride and "NO" not in one.park_and_ride:
        scenario = record.add("parkingUsageScenario", scenarioIndex="0")
        scenario.add("parkingUsageScenario").add("parkingUsageScenario", "parkAndRide")
    if one.opening_hours == "24/7":
        record.add("openingTimes").add("available24hours", text=True)
    on_street = one.kind == "ON_STREET"
    record.add("urbanParkingSiteType", "onStreetParking" if on_street else "offStreetParking")


def _group(record: Branch, index: int, count: Count) -> None:
    """Spaces that are kept for somebody."""
    outer = record.add("groupOfParkingSpaces", groupIndex=str(index))
    group = outer.add("parkingSpaceBasics", type_="d2:GroupOfParkingSpaces")
    _words(group, "parkingSpaceOrGroupIdentifier", grading.TITLES[count.audience])
    if count.audience in USERS:
        group.add("onlyAssignedParking").add("applicableForUser", USERS[count.audience])
    group.add("parkingNumberOfSpaces", count.capacity)
    group.add("parkingTypeOfGroup", "nonAdjacentSpaces")


def _thresholds(branch: Branch, name: str, one: Facility) -> None:
    """Numbers of occupied spaces at which a site is called something else."""
    limits = grading.limits(one)
    if limits is None:
        return
    thresholds = branch.add(name)
    thresholds.add("almostFullDecreasing", limits.low_above)
    thresholds.add("almostFullIncreasing", limits.low_below)
    thresholds.add("fullDecreasing", limits.full_above)
    thresholds.add("fullIncreasing", limits.full_below)


def _status(found: Branch, one: Facility) -> None:
    status = found.add("parkingRecordStatus", type_="d2:ParkingSiteStatus")
    status.add("parkingRecordReference", id=one.uid, version=version(one),
               targetClass="ParkingRecord")  # fmt: skip
    # Where nothing was measured yet, the record's own time: the element has to be there.
    status.add("parkingStatusOriginTime", one.at or one.static_at)
    if one.free is None and one.live:
        status.add("parkingFault", "noParkingInformationAvailable")
    occupancy = status.add("parkingOccupancy")
    _occupancy(occupancy, one, one.all)
    occupancy.maybe("parkingOccupancyTrend", TRENDS.get(one.trend))
    for index, count in enumerate(grading.parts(one)):
        group = status.add("groupOfParkingSpacesStatus", groupIndex=str(index))
        _occupancy(group.add("groupOfParkingSpacesStatus"), one, count)
    _thresholds(status, "overrideParkingThresholds", one)
    status.add("parkingSiteStatus", grading.word(one))
    status.add("parkingSiteOpeningStatus", OPENING[one.opening])


def _occupancy(branch: Branch, one: Facility, count: Count) -> None:
    branch.add("parkingNumberOfSpacesOverride", count.capacity)
    free = one.vacant(count)
    if free is None:
        return
    branch.add("parkingNumberOfVacantSpaces", free)
    if one.opening != "closed":
        branch.add("parkingNumberOfOccupiedSpaces", count.capacity - free)
        if count.capacity:
            branch.add("parkingOccupancy", round(100 * (1 - free / count.capacity), 1))
