"""The day of an office, counter by counter."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from stadtkern.kernel.people.access import staff
from stadtkern.systems.appointments.logic import times
from stadtkern.systems.appointments.logic.concern import names_of
from stadtkern.systems.appointments.models import Service
from stadtkern.systems.appointments.staff.answer import office_of, page
from stadtkern.systems.appointments.staff.grid import grid


@staff("appointments.see")
@require_safe
def day(request: HttpRequest, slug: str) -> HttpResponse:
    """Who comes when to which counter, what is free, and who is away."""
    office = office_of(request, slug)
    shown = day_of(request.GET.get("d", ""))
    table = grid(office, shown)
    known = {one.slug: one for one in Service.objects.all()}
    names = {one.pk: names_of(one.properties.get("services", ()), known)
             for one in table.bookings}  # fmt: skip
    one_day = timedelta(days=1)
    return page(
        request, "day", office=office, day=shown, grid=table, names=names, tab="day",
        before=shown - one_day, after=shown + one_day, today=times.today(),
    )  # fmt: skip


def day_of(text: str) -> date:
    """The day of an address, else today."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return times.today()
