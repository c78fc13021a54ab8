"""How much the boxes are used: by place and day, by kind of rental, by who sold them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, IntegerField, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.ui.shapes import Line
from stadtkern.systems.bike_boxes.logic import RENTAL, periods
from stadtkern.systems.bike_boxes.models import Facility, Product
from stadtkern.systems.bike_boxes.staff.answer import page

DAYS = (30, 90, 365)
# Of each day the share of all box hours that somebody had; days by the city's clocks.
USED = """
select p.slug, d.day, sum(greatest(0, extract(epoch from
  least(upper(o.during), coalesce(b.ended, upper(o.during)), d.after)
  - greatest(lower(o.during), d.begins))))
from unnest(%(days)s::date[], %(begins)s::timestamptz[], %(afters)s::timestamptz[])
  as d(day, begins, after)
join bookings_occupancy o on o.during && tstzrange(d.begins, d.after)
join bookings_booking b on b.id = o.booking_id and b.kind = %(kind)s
  and b.state in ('booked', 'arrived', 'finished')
join bike_boxes_box x on x.unit_id = o.unit_id
join bike_boxes_facility p on p.id = x.facility_id
group by p.slug, d.day order by p.slug, d.day
"""


@dataclass(frozen=True, kw_only=True)
class Used:
    """A place's days with the share of box hours that were rented."""

    facility: Facility
    boxes: int
    days: list[tuple[date, float]]

    @property
    def mean(self) -> float:
        """Of all days, in per cent."""
        return 100 * sum(share for _day, share in self.days) / len(self.days) if self.days else 0.0

    @property
    def line(self) -> list[Line]:
        """For the chart."""
        points = tuple((periods.midnight(day), 100 * share) for day, share in self.days)
        return [Line(name=self.facility.title, points=points, unit="%")]


@staff("bike_boxes.see")
@require_safe
def usage(request: HttpRequest) -> HttpResponse:
    """The last 30, 90 or 365 days, as charts and tables."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked.isdecimal() and int(asked) in DAYS else DAYS[0]
    last = periods.day_of(clock.now())
    first = last - timedelta(days=days - 1)
    return page(request, "usage", days=days, choices=DAYS, used=used(first, last),
                kinds=_kinds(first), sources=_sources(first))  # fmt: skip


def used(first: date, last: date) -> list[Used]:
    """Share of box hours by place and day; three queries."""
    listed = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    spans = [(periods.midnight(d), periods.midnight(d + timedelta(days=1))) for d in listed]
    given: dict[str, Any] = {
        "days": listed, "begins": [b for b, _ in spans], "afters": [a for _, a in spans],
        "kind": RENTAL,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(USED, given)
        seconds = {(slug, day): float(number) for slug, day, number in cursor.fetchall()}
    found = Facility.objects.select_related("place").annotate(number=Count("boxes"))
    return [_used(one, listed, spans, seconds) for one in found.order_by("place__name")]


def _used(facility: Any, listed: list[date], spans: list[Any], seconds: Any) -> Used:
    number = facility.number
    days = []
    for day, (begins, after) in zip(listed, spans, strict=True):
        whole = (after - begins).total_seconds() * number
        days.append((day, min(seconds.get((facility.slug, day), 0.0) / whole, 1.0) if whole else 0))
    return Used(facility=facility, boxes=number, days=days)


def _rows(first: date) -> Any:
    sold = Booking.objects.of_kind(RENTAL).filter(created__gte=periods.midnight(first))
    return sold.filter(state__in=["booked", "arrived", "finished"])


def _kinds(first: date) -> list[dict[str, Any]]:
    """Rentals and their price by kind."""
    titles = {one.slug: one.title for one in Product.objects.all()}
    cents = Cast(KeyTextTransform("cents", "properties"), IntegerField())
    rows = (
        _rows(first)
        .filter(properties__has_key="product")
        .annotate(product=KeyTextTransform("product", "properties"))
        .values("product")
        .annotate(number=Count("pk"), cents=Sum(cents))
        .order_by("-number")
    )
    return [{**row, "title": titles.get(row["product"], row["product"])} for row in rows]


def _sources(first: date) -> list[dict[str, Any]]:
    """Rentals by who sold them."""
    return list(_rows(first).values("source").annotate(number=Count("pk")).order_by("-number"))
