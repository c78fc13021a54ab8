"""Two landings with a gauge each; positions and levels are invented."""

import random

from stadtkern.kernel import clock
from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things import provision, store
from stadtkern.kernel.things.models import Sensor

LANDINGS = {"Nordufer": (7.20, 51.55), "Südufer": (7.20, 51.54)}


def fill(rng: random.Random) -> None:
    """Can run again: what is there stays."""
    sensor, _ = Sensor.objects.get_or_create(name="Pegel")
    places = [
        Place.objects.get_or_create(
            kind="ferry.landing", name=name, defaults={"geometry": point(*where), "invented": True}
        )[0]
        for name, where in LANDINGS.items()
    ]
    for thing in provision.things("ferry.gauge", [(p, p.name) for p in places], sensor=sensor):
        stream = thing.datastreams.get()
        if not hasattr(stream, "latest"):
            level = rng.uniform(400, 700)
            store.write([store.Observation(datastream=stream.pk, at=clock.now(), value=level)])
