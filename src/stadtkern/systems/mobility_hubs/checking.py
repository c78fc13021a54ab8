"""What is wrong with the mobility stations, and where it is put right."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from stadtkern.kernel.contract import Problem
from stadtkern.systems.mobility_hubs.logic import now
from stadtkern.systems.mobility_hubs.reading import pulling


def problems() -> Iterator[Problem]:
    """Feeds that do not answer, timetables that end, stations with nothing near them."""
    for source in pulling.failing():
        page = reverse("mobility_hubs-staff:source", args=[source.pk])
        if source.failed_since is not None:
            yield Problem(text=_("%(name)s does not answer.") % {"name": source.name}, fix=page)
        else:
            said = _("The timetable of %(name)s ends on %(day)s.")
            figures = {"name": source.name, "day": source.facts.get("last_day") or "?"}
            yield Problem(text=said % figures, fix=page)
    for one in now.stations():
        if not one.elements and not one.stops:
            said = _("Nothing lies near the mobility station %(name)s.")
            yield Problem(text=said % {"name": one.hub.place.title},
                          fix=reverse("mobility_hubs-staff:hub", args=[one.hub.slug]))  # fmt: skip
