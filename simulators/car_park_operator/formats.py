"""The same car parks as ParkAPI v3, ParkAPI v1 and DATEX II 2.3, written from the formats alone."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from simulators.car_park_operator.houses import Now

BUILT = "2026-01-05T08:00:00Z"
NAMESPACE = "http://datex2.eu/schema/2/2_0"
XSI = "http://www.w3.org/2001/XMLSchema-instance"


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parkapi_v3(found: Sequence[Now]) -> bytes:
    """`GET /parkapi/v3/parking-sites`."""
    items = [
        {
            "uid": one.house.id, "name": one.house.name, "purpose": "CAR",
            "type": "UNDERGROUND" if one.house.underground else "CAR_PARK",
            "lat": f"{one.house.lat:.7f}", "lon": f"{one.house.lon:.7f}",
            "address": one.house.street, "operator_name": "Parkbetriebe Beispiel (erfunden)",
            "capacity": one.house.capacity, "max_height": one.house.height_cm,
            "opening_hours": one.house.hours, "has_fee": True, "is_covered": True,
            "has_realtime_data": True, "static_data_updated_at": BUILT,
            "realtime_data_updated_at": _utc(one.measured),
            "realtime_opening_status": "OPEN" if one.is_open else "CLOSED",
            "realtime_capacity": one.house.capacity, "realtime_free_capacity": one.free,
        }
        for one in found
    ]  # fmt: skip
    return json.dumps({"items": items, "total_count": len(items)}, ensure_ascii=False).encode()


def parkapi_v1(found: Sequence[Now]) -> bytes:
    """`GET /parkapi/v1`."""
    at = max(one.measured for one in found).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    lots = [
        {
            "id": one.house.id, "name": one.house.name, "address": one.house.street,
            "coords": {"lat": one.house.lat, "lng": one.house.lon}, "forecast": False,
            "lot_type": "Tiefgarage" if one.house.underground else "Parkhaus",
            "state": "open" if one.is_open else "closed", "total": one.house.capacity,
            "free": one.free, "opening_hours": one.house.hours,
        }
        for one in found
    ]  # fmt: skip
    told = {"last_updated": at, "last_downloaded": at, "lots": lots}
    return json.dumps(told, ensure_ascii=False).encode()


def datex2_table(found: Sequence[Now]) -> bytes:
    """`GET /datex2/table.xml`."""
    records = "".join(
        f'<parkingRecord xsi:type="UrbanParkingSite" id="{one.house.id}" version="1">'
        f'<parkingName><values><value lang="de">{escape(one.house.name)}</value></values>'
        f"</parkingName><parkingRecordVersionTime>{BUILT}</parkingRecordVersionTime>"
        f"<parkingNumberOfSpaces>{one.house.capacity}</parkingNumberOfSpaces>"
        '<parkingLocation xsi:type="Point"><pointByCoordinates><pointCoordinates>'
        f"<latitude>{one.house.lat}</latitude><longitude>{one.house.lon}</longitude>"
        "</pointCoordinates></pointByCoordinates></parkingLocation>"
        f"<parkingLayout>{'underground' if one.house.underground else 'multiStorey'}"
        "</parkingLayout><urbanParkingSiteType>offStreetParking</urbanParkingSiteType>"
        "</parkingRecord>"
        for one in found
    )
    table = (f'<parkingTable id="1" version="1"><parkingTableVersionTime>{BUILT}'
             f"</parkingTableVersionTime>{records}</parkingTable>")  # fmt: skip
    return _message("ParkingTablePublication", HEAD + table, found)


def datex2_status(found: Sequence[Now]) -> bytes:
    """`GET /datex2/status.xml`."""
    rows = "".join(
        '<parkingRecordStatus xsi:type="ParkingSiteStatus"><parkingRecordReference'
        f' targetClass="ParkingRecord" id="{one.house.id}" version="1"/>'
        f"<parkingStatusOriginTime>{_utc(one.measured)}</parkingStatusOriginTime>"
        "<parkingOccupancy><parkingNumberOfSpacesOverride>"
        f"{one.house.capacity}</parkingNumberOfSpacesOverride><parkingNumberOfVacantSpaces>"
        f"{one.free}</parkingNumberOfVacantSpaces></parkingOccupancy>"
        f"<parkingSiteOpeningStatus>{'open' if one.is_open else 'closed'}"
        "</parkingSiteOpeningStatus></parkingRecordStatus>"
        for one in found
    )
    return _message("ParkingStatusPublication", HEAD + rows, found)


HEAD = ("<headerInformation><confidentiality>noRestriction</confidentiality>"
        "<informationStatus>test</informationStatus></headerInformation>")  # fmt: skip


def _message(name: str, inner: str, found: Sequence[Now]) -> bytes:
    who = "<country>de</country><nationalIdentifier>Beispiel</nationalIdentifier>"
    tag = name[0].lower() + name[1:]
    at = _utc(max(one.measured for one in found))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><d2LogicalModel xmlns="{NAMESPACE}"'
        f' xmlns:xsi="{XSI}" modelBaseVersion="2"><exchange><supplierIdentification>{who}'
        '</supplierIdentification></exchange><payloadPublication xsi:type="GenericPublication"'
        f' lang="de"><publicationTime>{at}</publicationTime><publicationCreator>{who}'
        f"</publicationCreator><genericPublicationName>{name}</genericPublicationName>"
        f"<genericPublicationExtension><{tag}>{inner}</{tag}></genericPublicationExtension>"
        "</payloadPublication></d2LogicalModel>"
    ).encode()
