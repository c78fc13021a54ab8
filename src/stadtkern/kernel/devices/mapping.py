"""Saves which field of a profile's codec is which property, and gives its devices the series."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import transaction

from stadtkern.kernel import registry
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.contract import Observed
from stadtkern.kernel.devices import versions
from stadtkern.kernel.devices.models import Device, Profile
from stadtkern.kernel.devices.onboarding.observed import kind_of, observed
from stadtkern.kernel.devices.versions import Outdated
from stadtkern.kernel.things import provision
from stadtkern.kernel.things.models import Datastream

__all__ = ["Mapping", "Outdated", "save"]

BATCH = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Mapping:
    """What fields shall become, and the version of the profile it was begun from.

    `measures` are entries as `contract.Measure`; `observes` the properties they feed, with their
    plausible ranges; `battery` the path of the field that tells the battery.
    """

    measures: Sequence[dict[str, Any]]
    observes: Sequence[Observed]
    battery: str
    begun: int


def save(number: int, wanted: Mapping, *, actor: Any) -> int:
    """Save a profile's mapping as a new version, confirmed; how many datastreams are new.

    Outdated where somebody else saved meanwhile.
    """
    with transaction.atomic():
        profile = Profile.objects.select_for_update().get(pk=number)
        if profile.version != wanted.begun:
            raise Outdated(profile.version)
        before = list(profile.measures)
        changed = before != list(wanted.measures)
        if changed:
            versions.keep(profile)
            _advance(profile)
        profile.measures = list(wanted.measures)
        profile.observes = [msgspec.to_builtins(one) for one in wanted.observes]
        profile.battery = wanted.battery[:80]
        profile.confirmed = True
        profile.save()
        if changed:
            versions.keep(profile, author=str(actor))
        made = _complete(profile)
        _range(profile)
        record(actor, "devices.mapping", profile, version=profile.version, before=before,
               after=profile.measures)  # fmt: skip
    return made


def _advance(profile: Profile) -> None:
    """The next version; a codec that is paused stays so, since it is the same codec."""
    if profile.paused_version == profile.version:
        profile.paused_version = profile.version + 1
    profile.version += 1


def _complete(profile: Profile) -> int:
    """Datastreams for what the things of its devices did not have yet."""
    rows = Device.objects.filter(profile=profile).exclude(thing=None).exclude(thing__place=None)
    things = list(rows.select_related("thing__place").order_by("id"))
    properties, made = observed(profile), 0
    for first in range(0, len(things), BATCH):
        made += provision.complete(
            [
                (device.thing, _wanted(profile, device, properties))
                for device in things[first : first + BATCH]
                if device.thing
            ],
            source=registry.city().title,
        )
    return made


def _wanted(
    profile: Profile, device: Device, properties: tuple[Observed, ...]
) -> provision.NewThing:
    assert device.thing
    assert device.thing.place
    return provision.NewThing(
        place=device.thing.place,
        name=device.thing.name,
        sensor=profile.sensor,
        kind=kind_of(profile),
        observes=properties,
    )


def _range(profile: Profile) -> None:
    """New plausible ranges hold for the datastreams that are there, but not those of a system."""
    if kind_of(profile):
        return
    shared = registry.observed()
    for one in observed(profile):
        if one.slug not in shared:
            Datastream.objects.filter(
                thing__devices__profile=profile, observed_property__slug=one.slug
            ).update(low=one.low, high=one.high)
