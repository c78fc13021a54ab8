"""What the probes propose for a service, and how that goes together with what people have said."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from stadtkern.kernel import clock
from stadtkern.systems.digital_maturity import probes, scoring
from stadtkern.systems.digital_maturity.definition import Criterion, Definition
from stadtkern.systems.digital_maturity.facts import Facts

Entries = dict[str, dict[str, Any]]


def propose(definition: Definition, facts: Facts, known: Mapping[str, Any] | None = None,
            at: datetime | None = None) -> Entries:  # fmt: skip
    """Answers by question: confirmed ones stay while the probe says the same as then.

    What people said where no probe knows anything is kept, and has to be confirmed once more only
    in a new assessment (whose `known` come from `handed_on`).
    """
    day = timezone.localtime(at or clock.now()).date().isoformat()
    found: Entries = {}
    for name, question in definition.questions().items():
        seen = probes.look(question.probe, facts) if question.probe else None
        old = dict((known or {}).get(name, {}))
        entry = _entry(seen, old, day)
        if entry.get("value") and entry["value"] not in {o.value for o in question.options}:
            entry = {key: value for key, value in entry.items() if key != "value"}
        if entry:
            found[name] = entry
    return found


def _entry(seen: probes.Seen | None, old: dict[str, Any], day: str) -> dict[str, Any]:
    if seen is None:
        return {key: value for key, value in old.items() if key not in ("proposed", "saw", "seen")}
    fresh = {"proposed": seen.value, "saw": {"word": seen.saw, "data": dict(seen.data or {})},
             "seen": day}  # fmt: skip
    if old.get("value") and old.get("proposed") == seen.value:
        return {**old, **fresh}
    if old.get("value") and old.get("by") != "probe":
        # Somebody has spoken, but of another state of things: their word stays, to be looked at.
        return {**old, **fresh, "confirmed": False}
    return {**fresh, "value": seen.value, "by": "probe", "confirmed": False}


def handed_on(entries: Mapping[str, Any]) -> Entries:
    """The answers of a complete assessment as a beginning of the next: nothing is confirmed."""
    return {name: {**entry, "confirmed": False} for name, entry in entries.items()}


def values(entries: Mapping[str, Any]) -> dict[str, str]:
    """Only what was answered."""
    return {name: str(one["value"]) for name, one in entries.items() if one.get("value")}


def reasons(definition: Definition, entries: Entries, said: Mapping[str, str]) -> dict[str, str]:
    """For each criterion that is not needed why: what was said, or what the probe saw."""
    answers = values(entries)
    found: dict[str, str] = {}
    for one in definition.criteria:
        if scoring.verdict(definition, one, answers).state == "unneeded":
            found[str(one.number)] = said.get(str(one.number)) or _seen(one, entries)
    return found


def _seen(criterion: Criterion, entries: Entries) -> str:
    """The words of the probes whose answers make the criterion unneeded."""
    names = dict.fromkeys(name for way in criterion.unneeded for name in way)
    texts = []
    for name in names:
        entry = entries.get(name, {})
        if entry.get("saw") and any(way.get(name) == entry.get("value")
                                    for way in criterion.unneeded):  # fmt: skip
            texts.append(probes.words(entry["saw"]["word"], entry["saw"]["data"]))
    return " ".join(texts)
