"""Turns found devices into profiles: nothing twice, and what the city changed stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import msgspec
from django.db import transaction
from django.utils.translation import gettext_noop as _

from stadtkern.kernel import clock
from stadtkern.kernel.devices import versions
from stadtkern.kernel.devices.models import CodecVersion, Device, Profile, fingerprint
from stadtkern.kernel.devices.repository.check import Checked, kept
from stadtkern.kernel.devices.repository.found import UPLINK, Found, Problem
from stadtkern.kernel.devices.vocabulary import Proposal, observed, propose
from stadtkern.kernel.things.models import Sensor

EVERY = timedelta(hours=1)  # what no repository tells; staff see and change it
UPDATED = (
    "codec", "shipped", "version", "examples", "stateless", "measures", "observes", "origin",
    "checked", "examples_good", "examples_bad", "results",
)  # fmt: skip


@dataclass(kw_only=True, slots=True)
class Stored:
    """How many profiles are new, changed, and as they were; and which are left alone, and why."""

    new: int = 0
    changed: int = 0
    same: int = 0
    edited: int = 0
    problems: list[Problem] = field(default_factory=list)


def store(devices: Sequence[Found], checked: Mapping[str, Checked]) -> Stored:
    """Write a batch of devices in one transaction; a handful of statements for any number."""
    done = Stored()
    with transaction.atomic():
        rows = Profile.objects.select_for_update().filter(slug__in=[d.slug for d in devices])
        known = {profile.slug: profile for profile in rows}
        used = _used(known)
        new, changed, before = [], [], []
        for device in {d.slug: d for d in devices}.values():
            profile = known.get(device.slug)
            if profile is None:
                new.append(_new(device, checked.get(device.codec.path)))
            elif profile.origin.get("repository") != device.origin["repository"]:
                done.problems.append(
                    Problem(path=device.path, reason=_("A profile of this name exists already."))
                )
            else:
                old = versions.as_version(profile)
                free = not profile.confirmed and profile.pk not in used
                if _update(profile, device, checked.get(device.codec.path), done, remap=free):
                    changed.append(profile)
                    before += [old] if old.codec != profile.codec else []
        _create(new)
        CodecVersion.objects.bulk_create(before, ignore_conflicts=True)
        Profile.objects.bulk_update(changed, UPDATED)
    done.new, done.changed = len(new), len(changed)
    return done


def _create(profiles: Sequence[Profile]) -> None:
    sensors = Sensor.objects.bulk_create(
        [Sensor(name=f"{p.vendor} {p.model}"[:200], description=p.title) for p in profiles]
    )
    for profile, sensor in zip(profiles, sensors, strict=True):
        profile.sensor = sensor
    Profile.objects.bulk_create(profiles)


def _new(device: Found, checked: Checked | None) -> Profile:
    source = device.codec.source
    profile = Profile(
        slug=device.slug,
        title=device.title,
        vendor=device.vendor,
        model=device.model,
        codec=source,
        shipped=fingerprint(source),
        examples=list(device.codec.examples),
        origin=dict(device.origin),
        uplink_every=EVERY,
        confirmed=False,
    )
    _map(profile, device)
    note_results(profile, checked)
    return profile


def _used(known: Mapping[str, Profile]) -> set[int]:
    """Profiles that devices use: their mapping is in force, confirmed or not."""
    rows = Device.objects.filter(profile__in=[p.pk for p in known.values()])
    return set(rows.order_by().values_list("profile_id", flat=True).distinct())


def _update(
    profile: Profile, device: Found, checked: Checked | None, done: Stored, *, remap: bool
) -> bool:
    """Bring a profile up to date with its repository; whether anything changed."""
    before = (profile.shipped, profile.codec, profile.examples, profile.origin, profile.measures)
    source = device.codec.source
    if fingerprint(profile.codec) != profile.shipped:
        # Edited: the repository's new source is not taken, but its examples are.
        done.edited += 1
    elif profile.codec != source:
        profile.codec, profile.version = source, profile.version + 1
        profile.shipped = fingerprint(source)
    if (profile.codec, list(device.codec.examples)) != before[1:3]:
        _forget_results(profile)
    profile.examples, profile.origin = list(device.codec.examples), dict(device.origin)
    if remap:
        _map(profile, device)
    after = (profile.shipped, profile.codec, profile.examples, profile.origin, profile.measures)
    if profile.codec == source:
        note_results(profile, checked)
    if before == after and checked is None:
        done.same += 1
        return False
    return True


def _map(profile: Profile, device: Found) -> None:
    """Start with the mapping that is sure; a person confirms it on the profile's page."""
    found = proposals(device.codec.examples, about=device.about)
    sure = [one for one in found if one.sure]
    profile.measures = [one.measure() for one in sure]
    profile.observes = [msgspec.to_builtins(observed(one.term)) for one in sure if one.term]
    profile.battery = _battery(sure)


def proposals(examples: Sequence[Mapping[str, Any]], about: Sequence[str] = ()) -> list[Proposal]:
    """What the fields in these examples probably are."""
    outputs = [
        (e["output"]["data"], (e.get("normalizedOutput") or {}).get("data"))
        for e in examples
        if e.get("function", UPLINK) == UPLINK and isinstance(e["output"].get("data"), dict)
    ]
    return propose(
        [data for data, _normal in outputs], [normal for _data, normal in outputs], about=about
    )


def _battery(sure: Sequence[Proposal]) -> str:
    """The field that the fleet's pages show as the battery: percent before volts."""
    paths = {one.term.slug: one.field.path for one in sure if one.term}
    return str(paths.get("battery_level") or paths.get("battery_voltage") or "")[:80]


def _forget_results(profile: Profile) -> None:
    """What the examples showed was true of another codec or of other examples."""
    profile.checked, profile.stateless, profile.results = None, False, []
    profile.examples_good = profile.examples_bad = None


def note_results(profile: Profile, checked: Checked | None) -> None:
    """Put what the examples showed on the profile."""
    if checked is None:
        return
    profile.examples_good = len(checked.results) - len(checked.bad)
    profile.examples_bad = len(checked.bad)
    profile.results = kept(checked.bad)
    profile.stateless = checked.stateless
    profile.checked = clock.now()
