"""A made-up fleet of any size: devices in every state, with half a year of days."""

import random
from datetime import timedelta

from django.utils import timezone

from stadtkern.kernel import clock
from stadtkern.kernel.devices.models import Device, DeviceDay, Network, Profile
from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things.models import Sensor, Thing

MODELS = (("bodenfeuchte", 60), ("raumklima", 10), ("parkbucht", 1440), ("pegel", 15))
LABELS = ("Schule", "Runde 1", "Runde 2", "Baum", "Testfeld")
GATEWAYS = ("0016c001f1500812", "0016c001f1500813", "0016c001f1500814")


def fleet(count, *, days=0, seed=4):
    """So many devices, each with so many days of history; returns them by id."""
    chance = random.Random(seed)
    profiles = [_profile(slug, minutes) for slug, minutes in MODELS]
    network, _new = Network.objects.get_or_create(
        slug="zweites", defaults={"title": "Zweites Netz", "kind": "chirpstack"}
    )
    places = Place.objects.bulk_create(
        Place(
            name=f"Standort {n:05}",
            geometry=(spot := point(7.14 + chance.random() * 0.14, 51.5 + chance.random() * 0.08)),
            **_box(spot),
        )
        for n in range(count)
    )
    things = Thing.objects.bulk_create(
        Thing(place=place, name=f"Sensor {n:05}") for n, place in enumerate(places)
    )
    devices = Device.objects.bulk_create(
        _device(n, chance, profiles, network, thing) for n, thing in enumerate(things)
    )
    DeviceDay.objects.bulk_create(
        (row for device in devices for row in _days(device, days, chance)), batch_size=5000
    )
    return devices


def _box(spot):
    lon, lat = spot["coordinates"][:2]
    return {"west": lon, "east": lon, "south": lat, "north": lat}


def _profile(slug, minutes):
    return Profile.objects.get_or_create(
        slug=f"muster-{slug}",
        defaults={
            "title": slug.capitalize(),
            "vendor": "Muster",
            "model": slug,
            "codec": "",
            "uplink_every": timedelta(minutes=minutes),
            "sensor": Sensor.objects.get_or_create(name=f"Muster {slug}")[0],
        },
    )[0]


def _device(n, chance, profiles, network, thing):
    profile = chance.choice(profiles)
    quiet = chance.choices((0.5, 2.5, 9.0), (95, 2, 3))[0]
    heard = chance.random() > 0.02
    return Device(
        dev_eui=f"70b3d57ed0{n:06x}",
        name=f"{profile.title} {n:05}",
        profile=profile,
        thing=thing,
        network=network if chance.random() < 0.3 else None,
        labels=chance.sample(LABELS, chance.choice((0, 0, 1, 2))),
        resting=chance.random() < 0.01,
        created=clock.now() - timedelta(days=200),
        last_seen=clock.now() - profile.uplink_every * quiet if heard else None,
        last_uplink=clock.now() - profile.uplink_every * quiet if heard else None,
        battery=round(chance.uniform(5, 100)) if heard else None,
        battery_at=clock.now() - profile.uplink_every * quiet if heard else None,
        rssi=round(chance.uniform(-122, -70)) if heard else None,
        snr=round(chance.uniform(-12, 10), 1) if heard else None,
        spreading_factor=chance.choice((7, 7, 7, 9, 10, 12)) if heard else None,
        frequency=868_100_000 if heard else None,
        gateway=chance.choice(GATEWAYS) if heard else "",
        problem="codec threw: out of range (line 3)" if chance.random() < 0.02 else "",
        loss=abs(chance.gauss(0, 0.04)) if heard else None,
        every=profile.uplink_every if heard else None,
        frames=chance.randrange(100_000),
        lost=chance.randrange(3000),
    )


def _days(device, count, chance):
    """A battery that falls, or was replaced, and the signal of a street."""
    if device.last_seen is None:
        return
    today = timezone.localdate()
    # It ends with what the device said last.
    fall = chance.uniform(0.02, 0.5)
    level = (device.battery or 50) + fall * (count + 1)
    sent = max(1, round(timedelta(days=1) / device.profile.uplink_every))
    for back in range(count, -1, -1):
        level -= fall
        lost = min(sent - 1, round(abs(chance.gauss(0, 0.03)) * sent))
        came = sent - lost
        yield DeviceDay(
            device=device,
            day=today - timedelta(days=back),
            uplinks=came,
            lost=lost,
            heard=came,
            rssi_sum=came * chance.gauss(device.rssi, 2),
            rssi_min=device.rssi - 8,
            snr_sum=came * chance.gauss(device.snr, 1),
            snr_min=device.snr - 5,
            **{f"sf{device.spreading_factor}": came},
            battery=round((level if level <= 100 else level % 70) + chance.gauss(0, 0.5)),
            gap=device.profile.uplink_every.total_seconds() * (1 + (lost > 0)),
            clock_offset=chance.uniform(0, 1),
        )
