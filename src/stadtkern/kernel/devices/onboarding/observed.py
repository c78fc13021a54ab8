"""What devices of a profile measure: as a system declares it, or as the profile describes it."""

from typing import Any

import msgspec

from stadtkern.kernel import registry
from stadtkern.kernel.contract import Observed
from stadtkern.kernel.devices.models import Profile


def observed(profile: Profile) -> tuple[Observed, ...]:
    """The properties that this profile's rules feed, each with its unit, in their order."""
    read = list(dict.fromkeys(measure["property"] for measure in profile.measures))
    known = {o.slug: o for o in _described(profile)}
    return tuple(known[slug] for slug in read if slug in known)


def _described(profile: Profile) -> list[Observed]:
    kind = registry.thing_kinds().get(profile.thing_kind)
    if kind is not None:
        return list(kind.observes)
    shared = registry.observed()
    return [shared.get(str(one.get("slug")), _own(one)) for one in profile.observes]


def _own(fields: dict[str, Any]) -> Observed:
    return msgspec.convert(fields, Observed)


def kind_of(profile: Profile) -> str:
    """The kind of the things that its devices feed; empty where no system declares it."""
    return profile.thing_kind if profile.thing_kind in registry.thing_kinds() else ""
