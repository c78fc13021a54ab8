"""What parking earned, from the books: by month, zone and seller."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Sum

from stadtkern.kernel.payments.models import Posting
from stadtkern.systems.parking_tickets.logic import calendar
from stadtkern.systems.parking_tickets.logic.settlements import ends
from stadtkern.systems.parking_tickets.models import SOURCES

PREFIX: Final = "parking:"


@dataclass(frozen=True, kw_only=True, slots=True)
class Earned:
    """A zone's income of a month in cents, by source."""

    zone: str
    by_source: dict[str, int]

    @property
    def sum(self) -> int:
        """All sources together."""
        return sum(self.by_source.values())

    @property
    def named(self) -> list[tuple[str, int]]:
        """The same with the name of each source."""
        return list(zip(map(str, SOURCES.values()), self.cells, strict=True))

    @property
    def cells(self) -> list[int]:
        """One amount for each source, in their order."""
        return [self.by_source.get(one, 0) for one in SOURCES]


def of_month(month: date) -> Sequence[Earned]:
    """Income without tax, by the entries of the month in the city's time."""
    begins = datetime.combine(month, datetime.min.time(), calendar.of_city().zone)
    rows = Posting.objects.filter(
        account="revenue", detail__startswith=PREFIX,
        entry__at__gte=begins, entry__at__lt=ends(month),
    ).order_by().values("detail").annotate(cents=Sum("cents"))  # fmt: skip
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        zone, _colon, source = str(row["detail"])[len(PREFIX) :].rpartition(":")
        found.setdefault(zone, {})[source] = -row["cents"]
    return [Earned(zone=zone, by_source=found[zone]) for zone in sorted(found)]
