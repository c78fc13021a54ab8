"""Counts on a schedule, since a silent sensor sends no event; looks for faults; ends nights."""

from datetime import time

from stadtkern.kernel import clock
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.things.models import Datastream
from stadtkern.kernel.things.series import city_zone
from stadtkern.systems.parking import logic
from stadtkern.systems.parking.bays import PRIVATE, SENSOR, SITE
from stadtkern.systems.parking.logic import calibrating, faults
from stadtkern.systems.parking.models import Site

# Late messages of the night have come by then, and it is not yet another night.
NIGHT_OVER, MORNING_OVER = time(5, 30), time(12)


def recount_all() -> str:
    """Count every site; the answer says how many got a new count."""
    logic.make_missing()
    keep_private()
    sites = list(Place.objects.of_kind(SITE).order_by("pk").values_list("pk", flat=True))
    stored = sum(logic.recount_site(site) for site in sites)
    return f"{len(sites)} sites, {stored} counts stored"


def keep_private() -> int:
    """Series of bays for disabled people are for staff; returns how many were not yet."""
    rows = Datastream.objects.filter(
        thing__kind=SENSOR, thing__place__properties__audience=PRIVATE, public=True
    )
    return rows.update(public=False)


def look_for_faults() -> str:
    """Find sensors that cannot be right; what changed is counted anew."""
    change = faults.look()
    if change.opened or change.ended:
        recount_all()
    return f"{change.opened} faults found, {change.ended} ended"


def correct_from_night() -> str:
    """Once each morning, for car parks that are counted at their lanes."""
    here = clock.now().astimezone(city_zone())
    if not NIGHT_OVER <= here.time() < MORNING_OVER:
        return "no morning"
    sites = Site.objects.filter(counting="lanes").order_by("pk")
    rows = [calibrating.last_night(site, here.date()) for site in sites]
    made = [row for row in rows if row is not None]
    for row in made:
        logic.recount_site(row.site.place_id)
    return f"{len(made)} nights, {sum(row.delta != 0 for row in made)} corrected"
