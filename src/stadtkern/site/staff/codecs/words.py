"""What the pages call the parts of a profile."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import localize
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import registry
from stadtkern.kernel.contract import Observed
from stadtkern.kernel.devices.models import Profile, fingerprint
from stadtkern.kernel.devices.onboarding.observed import observed
from stadtkern.kernel.devices.repository.found import Problem
from stadtkern.kernel.devices.vocabulary import by_slug

FUNCTIONS = {
    "decodeUplink": _("Uplinks"),
    "encodeDownlink": _("Downlinks, written"),
    "decodeDownlink": _("Downlinks, read"),
}


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One line of the mapping, in words."""

    path: str
    title: str
    unit: str
    change: str = ""
    range: str = ""


def title_of(one: Observed) -> str:
    """A property's name in the language of the reader."""
    term = by_slug().get(one.slug)
    if one.slug in registry.observed() or term is None:
        return str(one.title)
    # Stored in German; the table knows the other name.
    return term.title if str(one.title) == term.de else str(one.title)


def measured(profile: Profile) -> list[Measured]:
    """What a profile measures, by its mapping."""
    known = {o.slug: o for o in observed(profile)}
    found = []
    for measure in profile.measures:
        one = known.get(measure["property"])
        found.append(
            Measured(
                path=measure["path"],
                title=title_of(one) if one else measure["property"],
                unit=one.unit if one and one.unit != "1" else "",
                change=change_of(measure),
                range=range_of(one) if one else "",
            )
        )
    return found


def plain(number: float) -> str:
    """A number as people write it in their language, with no more digits than it has."""
    short = float(f"{number:.12g}")
    return localize(int(short) if short.is_integer() else short)


def range_of(one: Observed) -> str:
    """The plausible range of a property."""
    if one.low is None and one.high is None:
        return ""
    low, high = (plain(n) if n is not None else "…" for n in (one.low, one.high))
    return f"{low} – {high}"


def change_of(measure: dict[str, Any]) -> str:
    """How a value is converted, as people write it; empty where it stays as it is."""
    if measure.get("words"):
        pairs = list(measure["words"].items())
        shown = ", ".join(f"{word} = {plain(number)}" for word, number in pairs[:4])
        return shown + (" …" if len(pairs) > 4 else "")
    factor, offset = measure.get("factor", 1.0), measure.get("offset", 0.0)
    parts = [f"× {plain(factor)}"] if factor != 1 else []
    if offset:
        parts.append(f"{'+' if offset > 0 else '−'} {plain(abs(offset))}")
    return " ".join(parts)


def titles(profile: Profile, most: int = 4) -> str:
    """The names of what it measures, as a list's cell shows them."""
    names = list(dict.fromkeys(one.title for one in measured(profile)))
    more = f" +{len(names) - most}" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def edited(profile: Profile) -> bool:
    """Whether the city changed a codec that came with a system or from a repository."""
    return bool(profile.shipped) and fingerprint(profile.codec) != profile.shipped


def told(problems: Iterable[dict[str, str] | Problem]) -> Sequence[tuple[str, str]]:
    """Path and reason of each, in the language of the reader."""
    found = []
    for one in problems:
        path, reason, detail = (
            (one.path, one.reason, one.detail)
            if isinstance(one, Problem)
            else (one["path"], one["reason"], one.get("detail", ""))
        )
        found.append((path, f"{now(reason)} {detail}".strip()))
    return found
