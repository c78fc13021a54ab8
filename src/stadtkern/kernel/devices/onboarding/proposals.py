"""Which profile a device probably has: by its label, by its network's word, by its messages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from django.db.models import Count, Q, QuerySet

from stadtkern.kernel.contract import Observed
from stadtkern.kernel.devices.ingest import batch, directory
from stadtkern.kernel.devices.ingest.directory import Known, Stream
from stadtkern.kernel.devices.ingest.event import Incoming
from stadtkern.kernel.devices.ingest.judged import Judged
from stadtkern.kernel.devices.models import Outcome, Profile
from stadtkern.kernel.devices.onboarding.observed import observed
from stadtkern.kernel.devices.sandbox import CodecPool
from stadtkern.kernel.things.store import GOOD

Why = Literal["label", "network", "messages"]
SHOWN = 5
# All profiles of the public repository are some six hundred; trying them takes about a second.
MOST = 2000
WORD = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, kw_only=True)
class Value:
    """A number that a waiting message gives; not `plausible` where it lies out of range."""

    observed: Observed
    value: float
    plausible: bool


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A profile, what speaks for it, and what it reads in the newest waiting message."""

    profile: Profile
    why: tuple[Why, ...]
    values: tuple[Value, ...]
    share: float
    count: int


def propose(events: Sequence[Incoming], *, vendor: str = "") -> list[Proposal]:
    """The likeliest profiles first; `vendor` is the VendorID on the label, in hex."""
    rows = list(Profile.objects.annotate(count=Count("devices")).order_by("slug")[:MOST])
    tried = try_all(rows, events)
    hints = {name: word for event in events for name, word in event.there.items()}
    found = [_proposal(row, tried.get(row.pk, []), _hints(row, hints, vendor)) for row in rows]
    likely = [one for one in found if one.why]
    return sorted(likely, key=_rank)[:SHOWN]


def matching(search: str, limit: int = 30) -> QuerySet[Profile]:
    """Profiles whose vendor, model or title has all these words."""
    rows = Profile.objects.defer("codec", "examples").annotate(count=Count("devices"))
    for word in search.split():
        rows = rows.filter(
            Q(title__icontains=word)
            | Q(vendor__icontains=word)
            | Q(model__icontains=word)
            | Q(slug__icontains=word)
        )
    return rows.order_by("-count", "vendor", "model")[:limit]


def read_by(profile: Profile, events: Sequence[Incoming]) -> tuple[Value, ...]:
    """What one profile reads in the newest of these messages that it can read."""
    tried = try_all([profile], events).get(profile.pk, [])
    return _values(profile, tried)


def try_all(profiles: Sequence[Profile], events: Sequence[Incoming]) -> dict[int, list[Judged]]:
    """What these profiles make of these messages, by profile; nothing is written."""
    if not events or not profiles:
        return {}
    known = {str(p.pk): _known(p) for p in profiles}
    asked = [(p, _as(event, str(p.pk))) for p in profiles for event in events]
    with CodecPool(workers=1) as pool:
        answers = batch.decode(pool, [event for _, event in asked], known)
    found: dict[int, list[Judged]] = {}
    for (profile, event), answer in zip(asked, answers, strict=True):
        judged = batch.judge_decoded(event, known[str(profile.pk)], answer)
        found.setdefault(profile.pk, []).append(judged)
    return found


def _as(event: Incoming, name: str) -> Incoming:
    return replace(event, dev_eui=name)


def _known(profile: Profile) -> Known:
    streams = {
        o.slug: Stream(id=place, low=o.low, high=o.high)
        for place, o in enumerate(observed(profile))
    }
    return directory.imagined(profile, streams)


def _proposal(profile: Profile, tried: Sequence[Judged], hints: tuple[Why, ...]) -> Proposal:
    values = _values(profile, tried)
    good = sum(v.plausible for v in values)
    read = bool(tried) and all(j.outcome != Outcome.FAILED for j in tried)
    fits: tuple[Why, ...] = ("messages",) if read and good and good == len(values) else ()
    return Proposal(
        profile=profile,
        why=(*hints, *fits),
        values=values,
        share=good / max(1, len(observed(profile))),
        count=getattr(profile, "count", 0),
    )


def _values(profile: Profile, tried: Sequence[Judged]) -> tuple[Value, ...]:
    properties = observed(profile)
    newest: Judged | None = next((j for j in tried if j.values), None)
    if newest is None:
        return ()
    return tuple(
        Value(observed=properties[m.stream], value=m.value, plausible=m.quality == GOOD)
        for m in newest.values
    )


def _rank(one: Proposal) -> tuple[object, ...]:
    fits = "messages" in one.why
    hinted = len(one.why) - fits
    return (-(hinted + fits), -fits, -one.share, -one.count, -len(one.values), one.profile.slug)


def _hints(profile: Profile, there: dict[str, str], vendor: str) -> tuple[Why, ...]:
    found: list[Why] = []
    if vendor and vendor == _vendor_id(profile):
        found.append("label")
    if _named(profile, there):
        found.append("network")
    return tuple(found)


def _vendor_id(profile: Profile) -> str:
    given = profile.origin.get("vendor_id")
    return f"{given:04X}" if isinstance(given, int) else str(given or "").upper()


def _named(profile: Profile, there: dict[str, str]) -> bool:
    """Whether the network names this model: by brand and model, or in its profile's name."""
    model = _words(profile.model)
    brand, known = there.get("brand", ""), there.get("model", "")
    if known:
        same = _words(known) == model or _words(f"{brand} {known}") == _words(profile.slug)
        return same and (not brand or set(_words(brand)) <= set(_words(profile.slug)))
    name = "".join(_words(there.get("profile", "")))
    return len("".join(model)) > 3 and "".join(model) in name


def _words(text: str) -> list[str]:
    return WORD.findall(text.lower())
