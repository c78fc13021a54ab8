"""What somebody should look at: zones without prices, months to be closed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stadtkern.kernel import clock
from stadtkern.kernel.contract import Problem
from stadtkern.systems.parking_tickets.logic import machines, settlements, zones
from stadtkern.systems.parking_tickets.models import Machine, Operator

# So long after its end a month may stay open.
CLOSE_WITHIN: Final = timedelta(days=7)


def problems() -> Iterator[Problem]:
    """Each with the page that repairs it."""
    home = reverse("parking_tickets-staff:home")
    for one in zones.all_zones():
        if one.tariff is None:
            yield Problem(text=_("Parking zone %s has no prices now.") % one.zone.number, fix=home)
    yield from _money()
    yield from _machines()


def _machines() -> Iterator[Problem]:
    """One line for all of them: a network that is down silences many."""
    rows = [one.number for one in Machine.objects.filter(state="ok") if machines.is_silent(one)]
    if rows:
        said = ngettext("%(count)s ticket machine has been silent for more than a day: %(list)s.",
                        "%(count)s ticket machines have been silent for more than a day: %(list)s.",
                        len(rows))  # fmt: skip
        told = said % {"count": len(rows), "list": ", ".join(rows[:10])}
        yield Problem(text=told, fix=reverse("parking_tickets-staff:machines"))


def _money() -> Iterator[Problem]:
    page = reverse("parking_tickets-staff:settlements")
    for one in Operator.objects.all():
        found = settlements.running(one)
        if found and settlements.ends(found[0]) + CLOSE_WITHIN < clock.now():
            yield Problem(text=_("A month of %s is not closed.") % one.name, fix=page)
        if settlements.disagreement(one):
            told = _("The books and the statements of %s differ.") % one.name
            yield Problem(text=told, fix=page)
