"""Brings declared device profiles into the database, and devices into the field."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
from django.utils.translation import override

from stadtkern.kernel import registry
from stadtkern.kernel.contract import DeviceProfile, System
from stadtkern.kernel.devices import versions
from stadtkern.kernel.devices.models import Device, Profile, fingerprint
from stadtkern.kernel.things.models import Sensor, Thing


def codec_of(system: System, profile: DeviceProfile) -> str:
    """The source of a declared codec, which lies in its system's package."""
    return _file_of(system, profile).read_text(encoding="utf-8")


def examples_of(system: System, profile: DeviceProfile) -> list[dict[str, Any]]:
    """The examples beside a declared codec: `<codec>.examples.json`, where there are any."""
    file = _file_of(system, profile).with_suffix(".examples.json")
    if not file.is_file():
        return []
    listed = msgspec.json.decode(file.read_bytes(), type=list[dict[str, Any]])
    return [{"function": "decodeUplink", **example} for example in listed]


def _file_of(system: System, profile: DeviceProfile) -> Path:
    spec = find_spec(system.package)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(profile.codec)
    return Path(spec.origin).parent / profile.codec


def sync_profiles() -> int:
    """Create or update the declared profiles; a codec that the city edited stays the city's."""
    changed = 0
    with override("de"):
        for system, declared in registry.profiles().values():
            changed += _sync(system, declared)
    return changed


def _sync(system: System, declared: DeviceProfile) -> bool:
    source = codec_of(system, declared)
    known = Profile.objects.filter(slug=declared.slug).first()
    sensor, _ = Sensor.objects.get_or_create(
        name=f"{declared.vendor} {declared.model}", defaults={"description": str(declared.title)}
    )
    fields = {
        "title": str(declared.title),
        "vendor": declared.vendor,
        "model": declared.model,
        "measures": msgspec.to_builtins(declared.measures),
        "examples": examples_of(system, declared),
        "battery": declared.battery,
        "uplink_every": declared.uplink_every,
        "thing_kind": f"{system.slug}.{declared.thing_kind}",
        "sensor": sensor,
    }
    if known is None:
        Profile.objects.create(
            slug=declared.slug, codec=source, shipped=fingerprint(source), **fields
        )
        return True
    edited = fingerprint(known.codec) != known.shipped
    if not edited and fingerprint(source) != known.shipped:
        versions.keep(known)
        fields |= {
            "codec": source,
            "shipped": fingerprint(source),
            "version": known.version + 1,
            # What the examples showed was true of the codec before.
            "stateless": False,
            "checked": None,
            "examples_good": None,
            "examples_bad": None,
            "results": [],
        }
    Profile.objects.filter(pk=known.pk).update(**fields)
    return "codec" in fields


def devices(profile: Profile, wanted: Sequence[tuple[str, str, Thing]]) -> int:
    """Devices `(DevEUI, name, thing)` of one profile; known ones stay. Returns how many are new."""
    known = set(
        Device.objects.filter(dev_eui__in=[eui for eui, _, _ in wanted]).values_list(
            "dev_eui", flat=True
        )
    )
    new = [
        Device(dev_eui=eui, name=name, profile=profile, thing=thing)
        for eui, name, thing in wanted
        if eui not in known
    ]
    return len(Device.objects.bulk_create(new))
