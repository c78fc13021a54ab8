"""A device's life in the field: moved, replaced by another, become another model."""

from typing import Any

from django.db import transaction

from stadtkern.kernel import clock, registry
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.devices.models import Deployment, Device
from stadtkern.kernel.devices.onboarding import making
from stadtkern.kernel.devices.onboarding.observed import kind_of
from stadtkern.kernel.devices.onboarding.places import NewPlace, stored
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.things import provision
from stadtkern.kernel.things.models import HistoricalLocation, Thing


def move(device: Device, place: Place | NewPlace, *, along: bool, actor: Any) -> None:
    """Stand a device at another place.

    `along`: its thing moves with it, and all its history; otherwise the history stays where it was
    measured, and the device feeds a thing at the new place.
    """
    with transaction.atomic():
        device = _locked(device)
        (there,) = stored([place])
        before = device.thing
        if along and before is not None:
            _moved(before, there)
        else:
            _leave(device)
            device.thing = _thing_there(device, there, before)
            device.save(update_fields=["thing"])
        record(
            actor,
            "devices.move",
            device,
            place=there.name,
            along=along,
            before=before.pk if before else None,
            thing=device.thing_id,
        )


def _thing_there(device: Device, place: Place, before: Thing | None) -> Thing:
    """At the new place it measures what it measured at the old one."""
    only = _slugs(before) if before else ()
    return making.fed([(device.profile, place, _like(device, place, only))])[0]


def _slugs(thing: Thing) -> tuple[str, ...]:
    rows = thing.datastreams.values_list("observed_property__slug", flat=True)
    return tuple(slug for slug in rows if slug)


def _moved(thing: Thing, place: Place) -> None:
    if thing.place_id == place.pk:
        return
    thing.place = place
    thing.save(update_fields=["place"])
    HistoricalLocation.objects.create(thing=thing, place=place)


def replace(
    old: Device, dev_eui: str, *, actor: Any, sealed: bytes | None = None, join_eui: str = ""
) -> Device:
    """A new device of the same model takes over the thing of an old one, with its history.

    The old one keeps its messages and is out of service. The new one may be known already, so long
    as it feeds nothing. Raises ValueError: it feeds another thing.
    """
    with transaction.atomic():
        old = _locked(old)
        thing = old.thing
        new = Device.objects.select_for_update(of=("self",)).filter(dev_eui=dev_eui).first()
        if new is None:
            new = _successor(old, dev_eui, sealed, join_eui)
        elif new.pk == old.pk or new.thing_id is not None:
            raise ValueError(new.name)
        _leave(old, successor=new)
        old.thing, old.resting = None, True
        old.save(update_fields=["thing", "resting"])
        new.thing, new.resting = thing, False
        new.save(update_fields=["thing", "resting"])
        making.adopt([new])
        record(actor, "devices.replace", old, by=new.dev_eui, thing=thing.pk if thing else None)
        record(actor, "devices.create", new, dev_eui=dev_eui, replaces=old.dev_eui)
    return new


def _successor(old: Device, dev_eui: str, sealed: bytes | None, join_eui: str) -> Device:
    return Device.objects.create(
        dev_eui=dev_eui,
        name=old.name,
        profile=old.profile,
        network=old.network,
        join_eui=join_eui,
        keys=sealed,
        labels=old.labels,
    )


def refit(device: Device) -> None:
    """After another profile: the thing gets the datastreams that it lacks for it.

    Of another kind, it is another thing at the same place; the caller saves the device.
    """
    thing = device.thing
    if thing is None or thing.place is None:
        return
    if thing.kind == kind_of(device.profile):
        wanted = making.new_thing(device.profile, thing.place, _like(device, thing.place))
        provision.complete([(thing, wanted)], source=registry.city().title)
        return
    _leave(device)
    (device.thing,) = making.fed([(device.profile, thing.place, _like(device, thing.place))])


def _like(device: Device, place: Place, only: tuple[str, ...] = ()) -> making.NewDevice:
    return making.NewDevice(
        dev_eui=device.dev_eui, name=device.name, profile=device.profile, place=place, only=only
    )


def _leave(device: Device, successor: Device | None = None) -> None:
    """Note until when the device fed its present thing."""
    if device.thing_id is not None:
        Deployment.objects.create(
            device=device,
            thing_id=device.thing_id,
            until=clock.now(),
            successor=successor,
        )


def _locked(device: Device) -> Device:
    rows = Device.objects.select_related("profile__sensor", "thing__place", "network")
    return rows.select_for_update(of=("self",)).get(pk=device.pk)
