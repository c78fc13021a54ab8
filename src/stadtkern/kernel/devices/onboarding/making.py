"""Makes devices, any number at once, each with the thing it feeds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.db import connection, transaction

from stadtkern.kernel import registry, sealing
from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.devices.models import Device, Profile
from stadtkern.kernel.devices.onboarding.observed import kind_of, observed
from stadtkern.kernel.devices.onboarding.places import NewPlace, stored
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.things import provision
from stadtkern.kernel.things.models import Thing

ADOPT = """
update devices_uplink u set device_id = d.id from devices_device d
where d.id = any(%s) and u.device_id is null and u.dev_eui = d.dev_eui
  and u.outcome in ('broken', 'unknown', 'failed')
"""


@dataclass(frozen=True, kw_only=True)
class NewDevice:
    """A device to be made. `only` names the properties that are kept; empty: all.

    `keys` are LoRaWAN keys by name (`app_key`), in hex; `titles` names of datastreams by property.
    `thing` is one that the device takes over; otherwise it feeds a thing at its place.
    """

    dev_eui: str
    name: str
    profile: Profile
    place: Place | NewPlace
    only: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    join_eui: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    sealed: bytes | None = None


def make(wanted: Sequence[NewDevice], *, actor: Any) -> list[Device]:
    """Make these devices with their places and things; about ten statements for any number.

    What they sent before they were known becomes their own. Raises django.db.IntegrityError:
    somebody else made one of them meanwhile; then nothing is made.
    """
    with transaction.atomic():
        places = stored([one.place for one in wanted])
        things = fed([(one.profile, place, one) for one, place in zip(wanted, places, strict=True)])
        devices = Device.objects.bulk_create(
            Device(
                dev_eui=one.dev_eui,
                name=one.name,
                profile=one.profile,
                thing=thing,
                join_eui=one.join_eui,
                keys=one.sealed or seal(one.keys),
                labels=list(one.labels),
            )
            for one, thing in zip(wanted, things, strict=True)
        )
        adopt(devices)
        _record(devices, actor)
    return devices


def adopt(devices: Sequence[Device]) -> int:
    """Give devices the messages that came in before they were known; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(ADOPT, [[device.pk for device in devices]])
        return int(cursor.rowcount)


def seal(keys: Mapping[str, str]) -> bytes | None:
    """LoRaWAN keys as the device's column holds them; None where there are none."""
    given = {name: value for name, value in keys.items() if value}
    return sealing.seal(msgspec.json.encode(given).decode()) if given else None


def fed(wanted: Sequence[tuple[Profile, Place, NewDevice]]) -> list[Thing]:
    """The thing that each of these devices feeds, in their order.

    One of the declared kind that stands there and that nobody feeds is taken; otherwise there is a
    new one, so that one place may hold several.
    """
    free = _unfed({place.pk for _, place, _ in wanted})
    found: list[Thing | None] = []
    for profile, place, _ in wanted:
        kind = kind_of(profile)
        waiting = free.get((place.pk, kind), []) if kind else []
        found.append(waiting.pop(0) if waiting else None)
    missing = [i for i, thing in enumerate(found) if thing is None]
    source = registry.city().title
    taken = [(thing, new_thing(*wanted[i])) for i, thing in enumerate(found) if thing is not None]
    provision.complete(taken, source=source)
    made = provision.make([new_thing(*wanted[i]) for i in missing], source=source)
    for i, thing in zip(missing, made, strict=True):
        found[i] = thing
    return [thing for thing in found if thing is not None]


def _unfed(places: set[int]) -> dict[tuple[int, str], list[Thing]]:
    rows = Thing.objects.filter(place__in=places, devices=None).exclude(kind="").order_by("id")
    free: dict[tuple[int, str], list[Thing]] = {}
    for thing in rows:
        free.setdefault((thing.place_id or 0, thing.kind), []).append(thing)
    return free


def new_thing(profile: Profile, place: Place, device: NewDevice) -> provision.NewThing:
    """What a device of this profile feeds at this place."""
    return provision.NewThing(
        place=place,
        name=device.name,
        sensor=profile.sensor,
        kind=kind_of(profile),
        observes=tuple(o for o in observed(profile) if not device.only or o.slug in device.only),
        titles=device.titles,
    )


def _record(devices: Sequence[Device], actor: Any) -> None:
    """One entry a device, as `audit.record` writes them, in one statement."""
    name = actor if isinstance(actor, str) else f"account:{actor.pk}"
    Entry.objects.bulk_create(
        [
            Entry(
                actor=name,
                verb="devices.create",
                target=f"devices.device:{device.pk}",
                details={
                    "dev_eui": device.dev_eui,
                    "name": device.name,
                    "profile": device.profile.slug,
                    "thing": device.thing_id,
                    "keys": device.keys is not None,
                },
            )
            for device in devices
        ],
        batch_size=1000,
    )
