"""Whose office is whose: a clerk works in her own, whoever plans appointments in all of them."""

from django.db.models import QuerySet

from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.people.models import Account
from stadtkern.systems.appointments.logic.visits import KIND
from stadtkern.systems.appointments.models import Clerk, Office

EVERYWHERE = "appointments.all"


def offices_of(who: Account) -> QuerySet[Office]:
    """The offices in which somebody may see, book and call."""
    rows = Office.objects.all()
    if who.may(EVERYWHERE):
        return rows
    return rows.filter(pk__in=Clerk.objects.filter(account=who).values("office"))


def visits_of(who: Account) -> QuerySet[Booking]:
    """The appointments of these offices."""
    rows = Booking.objects.of_kind(KIND)
    if who.may(EVERYWHERE):
        return rows
    return rows.filter(resource__in=offices_of(who).values("resource"))
