"""What charging gives to interfaces that systems share: locations, and the shared vehicle."""

from collections.abc import Iterator

from django.urls import reverse

from stadtkern.kernel.feeds import charging, sharing
from stadtkern.systems.charging.logic import fleet, reading
from stadtkern.systems.charging.logic.reading import Point, Station
from stadtkern.systems.charging.models import Connector, Tariff


def locations() -> Iterator[charging.ChargingLocation]:
    """Public locations with status and tariffs; three queries."""
    for one in reading.public_stations():
        if one.points and one.place.lon is not None and one.place.lat is not None:
            yield _location(one)


def _location(one: Station) -> charging.ChargingLocation:
    ours, place = one.location, one.place
    used = {plug.tariff.uid: plug.tariff for plug in one.connectors if _used(plug)}  # type: ignore[union-attr]
    evses = tuple(_evse(each) for each in one.points)
    return charging.ChargingLocation(
        uid=ours.uid, system="charging", place=place.public_id, name=place.name,
        address=place.street or place.name, postcode=place.postcode, city=place.town,
        lon=place.lon or 0, lat=place.lat or 0, evses=evses,
        updated=max([ours.changed, *(each.updated for each in evses)]), operator=ours.operator,
        opening_hours=ours.opening_hours, renewable=ours.renewable,
        tariffs=tuple(_tariff(each) for each in used.values()),  # type: ignore[arg-type]
        page=reverse("charging:place", args=[ours.uid]), source=place.source,
        licence=place.licence, invented=place.invented,
    )  # fmt: skip


def _used(plug: Connector) -> bool:
    return plug.tariff is not None and plug.tariff.active


def _evse(one: Point) -> charging.Evse:
    evse = one.evse
    plugs = tuple(_connector(each) for each in one.connectors)
    times = [evse.changed, *(plug.updated for plug in plugs)]
    if one.silent_since is not None:
        times.append(one.silent_since)
    return charging.Evse(
        uid=evse.uid, status=one.status, connectors=plugs, updated=max(times),  # type: ignore[arg-type]
        evse_id=evse.evse_id, status_at=evse.status_at, live=one.live, reference=evse.reference,
        accessible=None,
    )  # fmt: skip


def _connector(plug: Connector) -> charging.Connector:
    return charging.Connector(
        id=str(plug.number), standard=plug.standard, format=plug.format,  # type: ignore[arg-type]
        power_type=plug.power_type, max_voltage=plug.max_voltage, max_amperage=plug.max_amperage,
        max_watt=plug.max_watt, updated=plug.changed,
        tariffs=(plug.tariff.uid,) if plug.tariff is not None and plug.tariff.active else (),
    )  # fmt: skip


def _tariff(one: Tariff) -> charging.ChargingTariff:
    return charging.ChargingTariff(
        id=one.uid, title=one.title, elements=tuple(one.elements), updated=one.changed,
        vat_per_mille=one.vat_per_mille,
    )  # fmt: skip


def fleets() -> Iterator[sharing.SharedFleet]:
    """Each shared vehicle of a quarter as a small fleet with one station."""
    return fleet.fleets()
