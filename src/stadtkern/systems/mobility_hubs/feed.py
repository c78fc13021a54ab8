"""What others share near the city, for whoever asks the kernel: shown, not published again."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final, get_args

from stadtkern.kernel.feeds.sharing import (
    FormFactor,
    Propulsion,
    SharedFleet,
    SharedVehicle,
    Station,
    VehicleType,
)
from stadtkern.systems.mobility_hubs.models import Dock, Source, Vehicle

LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


def fleets() -> Iterator[SharedFleet]:
    """One for each GBFS feed that was ever read; three queries."""
    docks: dict[int, list[Dock]] = {}
    for dock in Dock.objects.all():
        docks.setdefault(dock.source_id, []).append(dock)
    vehicles: dict[int, list[Vehicle]] = {}
    for one in Vehicle.objects.all():
        vehicles.setdefault(one.source_id, []).append(one)
    for source in Source.objects.filter(format="gbfs", read__isnull=False):
        yield _fleet(source, docks.get(source.pk, []), vehicles.get(source.pk, []))


def _fleet(source: Source, docks: list[Dock], vehicles: list[Vehicle]) -> SharedFleet:
    facts = source.facts
    return SharedFleet(
        id=source.slug, system="mobility_hubs", name=facts.get("name") or source.name,
        operator=facts.get("operator") or source.name, ours=False, source=source.credit,
        types=tuple(_type(uid, said) for uid, said in facts.get("types", {}).items()),
        stations=tuple(_station(one) for one in docks),
        vehicles=tuple(
            SharedVehicle(id=one.uid, type=one.kind, at=one.at or LONG_AGO, lon=one.lon,
                          lat=one.lat)
            for one in vehicles
        ),
        licence=source.licence, url=facts.get("url", ""), invented=source.invented,
    )  # fmt: skip


def _type(uid: str, said: dict[str, Any]) -> VehicleType:
    """A word that GBFS 3.0 does not know is `other`, or moved by people."""
    form, motor = said.get("form", ""), said.get("propulsion", "")
    return VehicleType(
        id=uid, name=said.get("name") or uid,
        form_factor=form if form in get_args(FormFactor) else "other",
        propulsion=motor if motor in get_args(Propulsion) else "human",
    )  # fmt: skip


def _station(one: Dock) -> Station:
    return Station(
        id=one.uid, name=one.name, lon=one.lon, lat=one.lat, vehicles=one.vehicles,
        docks=one.free_docks, at=one.at or LONG_AGO, capacity=one.capacity, renting=one.renting,
        returning=one.returning,
    )  # fmt: skip
