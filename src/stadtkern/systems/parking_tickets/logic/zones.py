"""Zones with the prices that hold now and their machines, in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from stadtkern.kernel import clock
from stadtkern.kernel.sharing import once
from stadtkern.systems.parking_tickets.logic import tariffs, words
from stadtkern.systems.parking_tickets.logic.tariffs import Rules
from stadtkern.systems.parking_tickets.logic.words import Present
from stadtkern.systems.parking_tickets.models import Machine, Tariff, Zone


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """A zone; without a tariff nothing can be sold in it."""

    zone: Zone
    tariff: Tariff | None
    rules: Rules | None
    present: Present | None
    machines: Sequence[Machine]

    @property
    def broken(self) -> int:
        """Machines that are out of order."""
        return sum(one.state == "disturbed" for one in self.machines)


@once
def now() -> list[Known]:
    """Zones in use as they are now; asked once for a page."""
    return all_zones()


def all_zones(*, number: str = "", at: datetime | None = None) -> list[Known]:
    """Zones in use with what holds at an instant."""
    when = at or clock.now()
    rows = Zone.objects.filter(active=True).select_related("place")
    rows = rows.filter(number__iexact=number) if number else rows
    holding = Tariff.objects.filter(published__isnull=False, during__contains=when)
    prices = {one.zone_id: one for one in holding}
    machines: dict[int, list[Machine]] = {}
    for one in Machine.objects.exclude(state="removed").select_related("place"):
        machines.setdefault(one.zone_id, []).append(one)
    return [_known(zone, prices.get(zone.pk), machines.get(zone.pk, []), when) for zone in rows]


def _known(
    zone: Zone, tariff: Tariff | None, machines: Sequence[Machine], at: datetime
) -> Known:  # fmt: skip
    rules = tariffs.read(tariff.rules) if tariff else None
    return Known(
        zone=zone, tariff=tariff, rules=rules, machines=machines,
        present=words.present(rules, at) if rules else None,
    )  # fmt: skip
