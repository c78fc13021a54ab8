"""Proposes which field of a codec is which term, in which unit; a person confirms."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from stadtkern.kernel.devices.vocabulary import names
from stadtkern.kernel.devices.vocabulary.fields import Field, fields
from stadtkern.kernel.devices.vocabulary.terms import Term, by_slug, terms
from stadtkern.kernel.devices.vocabulary.units import Conversion, conversion

# From here on a proposal is good enough to start with before anybody has looked at it.
SURE = 0.8
SAME = Conversion(factor=1.0, offset=0.0)

YES = ("open", "opened", "yes", "on", "true", "occupied", "leak", "leakage", "triggered", "alarm",
       "locked", "motion", "detected", "active", "trigger", "busy", "full")  # fmt: skip
NO = ("closed", "close", "no", "off", "false", "free", "vacant", "normal", "unlocked", "idle",
      "inactive", "empty", "none", "no leak", "not detected", "unoccupied")  # fmt: skip
# What a plain number is where the name does not say: (term, above which value) -> unit (UCUM).
LARGE = {
    "air_pressure": ((20_000.0, "Pa"), (600.0, "hPa"), (60.0, "kPa")),
    "soil_conductivity": ((20.0, "uS/cm"),),
    "battery_voltage": ((100.0, "mV"),),
}


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """What a field probably is. `confidence` goes from 0 to 1; without a `term` it is unknown.

    `unit` (UCUM) is the field's own; `value * factor + offset` is in the term's unit. `words` turn
    the field's words into numbers.
    """

    field: Field
    term: Term | None = None
    unit: str = ""
    factor: float = 1.0
    offset: float = 0.0
    words: Mapping[str, float] = dataclasses.field(default_factory=dict)
    confidence: float = 0.0

    @property
    def sure(self) -> bool:
        """Whether to start with it."""
        return self.term is not None and self.confidence >= SURE

    def measure(self) -> dict[str, Any]:
        """As an entry of a profile's `measures`."""
        assert self.term is not None
        return {
            "path": self.field.path,
            "property": self.term.slug,
            "factor": self.factor,
            "offset": self.offset,
            "words": dict(self.words),
        }


def propose(
    decoded: Sequence[Mapping[str, Any]], normalised: Sequence[Any] = (), about: Iterable[str] = ()
) -> list[Proposal]:
    """One proposal for each field of these decoded objects, each term at most once.

    `normalised` are what the codec itself calls normalised, one for each object or none; `about`
    are words on the device, such as the sensors that a repository lists.
    """
    told = _told(decoded, normalised)
    context = {word.lower() for word in about}
    found = [_of(one, told, context) for one in fields(decoded)]
    return _once(found)


def _of(one: Field, told: Mapping[str, str], context: set[str]) -> Proposal:
    if one.path in told:
        term = by_slug()[told[one.path]]
        return _with_unit(one, term, one.unit or term.ucum, 1.0)
    words, suffix = names.unit_suffix(names.tokens(one.name.rsplit(".", 1)[-1]))
    matched = names.match(words) or names.match(names.tokens(one.name))
    if matched is None:
        return Proposal(field=one)
    term, confidence = _in_context(*matched, one, context)
    return _with_unit(one, term, one.unit or suffix, confidence)


def _in_context(term: Term, confidence: float, one: Field, context: set[str]) -> tuple[Term, float]:
    """`moisture.temperature` of a soil device is not that of the air; a battery may be percent."""
    steps = set(names.tokens(one.name))
    if term.slug == "air_temperature" and ("soil" in steps or _only_soil(context)):
        return by_slug()["soil_temperature"], min(confidence, 0.85)
    if term.slug == "air_temperature" and "water" in steps:
        return by_slug()["water_temperature"], confidence
    if term.slug == "relative_humidity" and "soil" in steps:
        return by_slug()["soil_moisture"], confidence
    if term.slug == "battery_voltage" and _percent(one):
        return by_slug()["battery_level"], confidence
    return term, confidence


def _only_soil(context: set[str]) -> bool:
    return bool(context & {"moisture", "soil"}) and not context & {"humidity", "temperature"}


def _percent(one: Field) -> bool:
    numbers = one.numbers()
    whole = all(n == int(n) for n in numbers) if numbers else False
    return one.unit == "%" or (not one.unit and whole and 25 <= max(numbers) <= 100)


def _with_unit(one: Field, term: Term, unit: str, confidence: float) -> Proposal:
    words = _words(one, term)
    if words is not None:
        return _worded(one, term, words, confidence)
    if not unit:
        unit = _guessed_unit(one, term)
        # A guess from the size of the numbers is for a person to look at.
        confidence *= 1.0 if unit == term.ucum else 0.75
    change = conversion(unit, term.ucum)
    if change is None:
        # A unit of another dimension: whatever it is, it is not this.
        return Proposal(field=one, unit=unit)
    return Proposal(
        field=one,
        term=term,
        unit=unit,
        factor=change.factor,
        offset=change.offset,
        confidence=round(confidence * _plausible(one, term, change), 2),
    )


def _guessed_unit(one: Field, term: Term) -> str:
    """The field's unit from the size of its numbers where nothing names it."""
    numbers = [abs(n) for n in one.numbers()]
    if not numbers:
        return term.ucum
    for limit, other in LARGE.get(term.slug, ()):
        if max(numbers) > limit:
            return other
    if term.ucum == "%" and 0 < max(numbers) < 1:
        return "m3/m3"
    return term.ucum


def _plausible(one: Field, term: Term, change: Conversion) -> float:
    """1 where all samples lie in the term's range, less where they do not or there are none."""
    values = [change.of(n) for n in one.numbers()] + [
        float(s) for s in one.samples if isinstance(s, bool)
    ]
    if not values:
        return 0.7
    low = term.low if term.low is not None else float("-inf")
    high = term.high if term.high is not None else float("inf")
    return 1.0 if all(low <= value <= high for value in values) else 0.5


def _words(one: Field, term: Term) -> dict[str, float] | None:
    """Numbers for the words of a field that says yes or no; None where it holds numbers."""
    seen = one.words()
    if not seen or one.numbers() or term.ucum != "1" or (term.low, term.high) != (0, 1):
        return None
    found: dict[str, float] = {}
    for word in (*YES, *NO):
        for way in (str.lower, str.capitalize, str.upper):
            if way(word) in seen or _written_so(seen, way):
                found[way(word)] = float(word in YES)
    return found


def _written_so(seen: Sequence[str], way: Any) -> bool:
    return all(way(word) == word for word in seen)


def _worded(one: Field, term: Term, words: dict[str, float], confidence: float) -> Proposal:
    known = all(word in words for word in one.words())
    return Proposal(
        field=one,
        term=term,
        unit=term.ucum,
        words=words if known else {},
        confidence=round(confidence if known else confidence / 2, 2),
    )


def _once(found: Sequence[Proposal]) -> list[Proposal]:
    """Two fields cannot be the same property of one thing: the surer one keeps it."""
    best: dict[str, Proposal] = {}
    for one in found:
        if one.term and (
            one.term.slug not in best or one.confidence > best[one.term.slug].confidence
        ):
            best[one.term.slug] = one
    return [
        one if one.term is None or best[one.term.slug] is one else _second(one) for one in found
    ]


def _second(one: Proposal) -> Proposal:
    """Still shown for a person to decide, but nothing to start with."""
    return dataclasses.replace(one, confidence=min(one.confidence, 0.3))


def _told(decoded: Sequence[Mapping[str, Any]], normalised: Sequence[Any]) -> dict[str, str]:
    """Paths whose value the codec itself puts under a term's normalised path, every time."""
    keys = {term.key: term.slug for term in terms()}
    agreed: dict[str, set[str]] = {}
    for data, normal in zip(decoded, normalised, strict=False):
        wanted = {p.path: p.samples[0] for p in fields(_measurements(normal))}
        for one in fields([data]):
            same = {
                keys[path]
                for path, value in wanted.items()
                if path in keys and value == one.samples[0] and not isinstance(value, bool)
            }
            if same:
                agreed[one.path] = agreed.get(one.path, same) & same
    claimed = [slug for slugs in agreed.values() if len(slugs) == 1 for slug in slugs]
    return {
        path: slug
        for path, slugs in agreed.items()
        if len(slugs) == 1 and claimed.count(slug := next(iter(slugs))) == 1
    }


def _measurements(normal: Any) -> list[Mapping[str, Any]]:
    """Normalised data is one measurement or a list of them."""
    many = normal if isinstance(normal, list) else [normal]
    return [one for one in many if isinstance(one, Mapping)]
