"""What a city should repair: car parks without bays or counters, and silent sensors."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from stadtkern.kernel.contract import Problem
from stadtkern.systems.parking.logic.found import Site, sites
from stadtkern.systems.parking.models import Lane

SILENT_SHARE = 0.1


def check_sites() -> list[Problem]:
    """Sites without bays, and sites where more than a tenth of the sensors is silent."""
    with_lanes = set(Lane.objects.values_list("site", flat=True))
    return [problem for site in sites() for problem in _problems(site, with_lanes)]


def _problems(site: Site, with_lanes: set[int]) -> Iterable[Problem]:
    name, count = site.place.title, site.count
    edit = reverse("parking-staff:site", args=[site.place.public_id])
    if site.facts.counting == "lanes" and site.facts.pk not in with_lanes:
        yield Problem(text=_("%(site)s has no counters at its lanes.") % {"site": name}, fix=edit)
    elif site.facts.counting != "bays":
        if not site.facts.capacity:
            said = _("%(site)s: say how many spaces there are.")
            yield Problem(text=said % {"site": name}, fix=edit)
    elif not count.capacity:
        said = _("%(site)s has no parking bays: add places of the kind “Parking bay” to it.")
        yield Problem(text=said % {"site": name}, fix=reverse("admin:places_place_changelist"))
    elif count.unknown > SILENT_SHARE * count.capacity:
        said = _("%(site)s: %(unknown)d of %(all)d bay sensors are silent.")
        address = f"{reverse('parking-staff:bays')}?site={site.place.public_id}&state=unknown"
        figures = {"site": name, "unknown": count.unknown, "all": count.capacity}
        yield Problem(text=said % figures, fix=address)
