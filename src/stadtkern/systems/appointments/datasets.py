"""The rows of open data: offices, and the earliest free time of each concern."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.models import Unit
from stadtkern.systems.appointments.logic import earliest, openings
from stadtkern.systems.appointments.models import Office

Row = dict[str, Any]


def office_rows() -> Iterator[Row]:
    """Offices that take bookings."""
    rows = Unit.objects.filter(active=True).order_by().values_list("resource")
    counters = dict(rows.annotate(Count("pk")))
    for one in Office.objects.open():
        place = one.resource.place
        yield {
            "id": one.slug,
            "name": one.resource.name,
            "name_en": one.resource.name_en,
            "street": place.street if place else "",
            "postcode": place.postcode if place else "",
            "town": place.town if place else "",
            "opening_hours": openings.for_programs(openings.rules_of(one)),
            "counters": counters.get(one.resource_id, 0),
            "access": one.access,
            "invented": one.resource.invented,
            "geometry": place.geometry if place else None,
        }


def earliest_rows() -> Iterator[Row]:
    """The earliest free time, for one person."""
    now = clock.now()
    for one in earliest.all_of_them():
        yield {
            "service": one.offer.service.slug,
            "service_name": one.offer.service.name,
            "office": one.offer.office.resource.name,
            "minutes": one.minutes,
            "earliest": one.begins,
            "days": one.days,
            "as_of": now,
            "invented": one.offer.office.resource.invented,
        }
