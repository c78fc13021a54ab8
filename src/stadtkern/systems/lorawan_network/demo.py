"""The demo's network: four gateways that do not exist, and a field tester that drives around."""

import random
from uuid import NAMESPACE_URL, uuid5

from stadtkern.kernel.devices import provision
from stadtkern.kernel.devices.coverage import areas, standing
from stadtkern.kernel.devices.models import Device, Gateway, Profile
from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things.models import Thing

# EUI, name, position; the sensor simulator plays these gateways.
GATEWAYS = (
    ("02534bff00000001", "Mitte", "centre", 7.2290, 51.5402),
    ("02534bff00000002", "West", "west", 7.1608, 51.5355),
    ("02534bff00000003", "Ost", "east", 7.2630, 51.5360),
    ("02534bff00000004", "Süd", "south", 7.1890, 51.5175),
)
TESTER = "02534b2000000001"
KIND = "lorawan_network.gateway"
ABOUT = (
    "Demo-Gateway: Name, Standort und alle Messwerte sind erfunden. Hier steht kein Gateway. "
    "Die Werte kommen aus einem Sensor-Simulator."
)
ABOUT_EN = (
    "Demo gateway: name, position and all values are invented. There is no gateway here. "
    "The values come from a sensor simulator."
)


def fill(rng: random.Random) -> None:
    """Create what is missing; a second run changes nothing. Nothing is left to chance."""
    provision.sync_profiles()
    for eui, name, english, lon, lat in GATEWAYS:
        gateway, _created = Gateway.objects.get_or_create(eui=eui)
        if gateway.thing is None:
            gateway.name, gateway.own = f"Demo-Gateway {name}", True
            gateway.save(update_fields=["name", "own"])
            standing.stand(gateway, _place(name, english, lon, lat))
    _tester()


def _place(name: str, english: str, lon: float, lat: float) -> Place:
    place, _created = Place.objects.get_or_create(
        public_id=uuid5(NAMESPACE_URL, f"stadtkern:demo:lorawan_network:{name}"),
        defaults={
            "kind": KIND, "name": f"Demo-Gateway {name}", "name_en": f"Demo gateway {english}",
            "about": ABOUT, "about_en": ABOUT_EN, "geometry": point(lon, lat),
            "source": "Erfunden für die Demo", "invented": True,
        },
    )  # fmt: skip
    return place


def _tester() -> None:
    """The one moving device whose measurements may be on the public map."""
    if Device.objects.filter(dev_eui=TESTER).exists():
        return
    name = "Messfahrt (Demo)"
    Device.objects.create(
        dev_eui=TESTER,
        name=name,
        profile=Profile.objects.get(slug="lpp-gps-tester"),
        thing=Thing.objects.create(kind="lorawan_network.tester", name=name),
        labels=[areas.MEASURING],
    )
