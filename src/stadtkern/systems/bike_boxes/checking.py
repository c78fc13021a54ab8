"""What is wrong with the bike boxes, for the page of problems."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from stadtkern.kernel.contract import Problem
from stadtkern.systems.bike_boxes.logic import availability, opening, settings
from stadtkern.systems.bike_boxes.models import Product, Trouble


def problems() -> Iterator[Problem]:
    """Places that are not connected, forced doors, and nothing to sell."""
    page = reverse("bike_boxes-staff:home")
    for facility in availability.facilities():
        if opening.is_offline(facility):
            said = _("The controller of %(place)s is not heard from.")
            yield Problem(text=said % {"place": facility.title}, fix=page)
    forced = Trouble.objects.filter(kind="forced", closed=None).count()
    if forced:
        yield Problem(text=_("Forced doors of bike boxes: %(count)d") % {"count": forced}, fix=page)
    late = settings().late_fee
    if (late.day_cents or late.removal_cents) and not late.source:
        yield Problem(text=_("The fee for late bike boxes does not say by what it is asked for."),
                      fix=reverse("bike_boxes-staff:fees"))  # fmt: skip
    if not Product.objects.filter(active=True).exists():
        yield Problem(text=_("Bike boxes have no price, so nobody can rent one."),
                      fix=reverse("bike_boxes-staff:prices"))  # fmt: skip
