"""Whether the parts of a definition fit together: names, options, references, no circles."""

import re
from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext as _

from stadtkern.kernel.cases.forms.circles import circles
from stadtkern.kernel.cases.forms.conditions import named
from stadtkern.kernel.cases.forms.parts import Definition, Field, Step, Words
from stadtkern.kernel.cases.forms.patterns import wrong_pattern
from stadtkern.kernel.cases.forms.problem import Wrong
from stadtkern.kernel.cases.forms.references import wrong_references

NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")
LEVELS: Final = (0, 1, 3, 4)
OUTCOMES: Final = ("granted", "partly", "rejected", "withdrawn", "expired")
CHOSEN: Final = ("choice", "choices")
# Twice over what the longest form of a city has.
MOST_STEPS: Final = 80
MOST_FIELDS: Final = 800


def wrong_in(definition: Definition) -> list[Wrong]:
    """Everything that does not fit, in the order of the form."""
    found = [*_whole(definition), *_names(definition)]
    for at, step in enumerate(definition.steps):
        found += _step(step, f"steps[{at}]")
    found += wrong_references(definition)
    # A circle is only looked for where every name leads somewhere.
    return found or circles(definition)


def _whole(definition: Definition) -> Iterator[Wrong]:
    yield from _titled(definition.title, "title")
    for name in ("intro", "declaration"):
        yield from _worded(getattr(definition, name), name)
    for name, words in definition.texts.items():
        yield from _titled(words, f"texts.{name}")
    if not definition.steps:
        yield Wrong(path="steps", text=_("A form has at least one step."))
    if len(definition.steps) > MOST_STEPS or len(definition.fields()) > MOST_FIELDS:
        yield Wrong(path="steps", text=_("This form is too long. Make two of it."))
    yield from _trust(definition)
    yield from _times(definition)
    yield from _money(definition)


def _trust(definition: Definition) -> Iterator[Wrong]:
    for name in ("level", "co_sign_level"):
        if getattr(definition, name) not in LEVELS:
            yield Wrong(path=name, text=_("The level of trust is 0, 1, 3 or 4."))
    if definition.guests and definition.level > 0:
        text = _("Guests have no level of trust: set the level to 0 or do without guests.")
        yield Wrong(path="guests", text=text)


def _times(definition: Definition) -> Iterator[Wrong]:
    for name in ("work_days", "appeal_days"):
        if not 0 <= getattr(definition, name) <= 3650:
            yield Wrong(path=name, text=_("Between 0 and 3650 days are possible."))
    for outcome, days in definition.keep_days.items():
        if outcome not in OUTCOMES or not 0 <= days <= 36_500:
            text = _("Outcomes are %(words)s, each with a number of days.")
            known = ", ".join(OUTCOMES)
            yield Wrong(path=f"keep_days.{outcome}", text=text % {"words": known})


def _money(definition: Definition) -> Iterator[Wrong]:
    if definition.payment == "upfront" and not definition.fees:
        yield Wrong(path="payment", text=_("Payment in advance needs a fee."))
    if definition.payment == "none" and definition.fees:
        text = _("There are fees: choose when they are paid.")
        yield Wrong(path="payment", text=text)
    for at, fee in enumerate(definition.fees):
        yield from _titled(fee.text, f"fees[{at}].text")
        if not 0 <= fee.cents <= 99_999_900:
            yield Wrong(path=f"fees[{at}].cents", text=_("A fee is not negative, and below a "
                                                         "million euros."))  # fmt: skip
    for at, grant in enumerate(definition.grants):
        if not grant.kind or not 1 <= grant.months <= 1200:
            text = _("A permit has a kind, and holds for 1 to 1200 months.")
            yield Wrong(path=f"grants[{at}]", text=text)


def _names(definition: Definition) -> Iterator[Wrong]:
    seen: set[str] = set()
    for at, step in enumerate(definition.steps):
        rows = [(step.id, f"steps[{at}]")]
        rows += [(one.id, f"steps[{at}].fields[{n}]") for n, one in enumerate(step.fields)]
        for name, path in rows:
            if not NAME.fullmatch(name):
                text = _("An id begins with a letter; letters, digits and _ follow.")
                yield Wrong(path=f"{path}.id", text=text)
            if name in seen:
                text = _("“%(name)s” is there twice; every step and field has an id of its own.")
                yield Wrong(path=f"{path}.id", text=text % {"name": name})
            seen.add(name)


def _step(step: Step, path: str) -> Iterator[Wrong]:
    yield from _titled(step.title, f"{path}.title")
    yield from _worded(step.about, f"{path}.about")
    yield from _worded(step.each, f"{path}.each")
    if step.repeated and not 0 <= step.least <= step.most <= 50:
        text = _("A repeated step is filled in at least 0 and at most 50 times.")
        yield Wrong(path=f"{path}.least", text=text)
    for at, field in enumerate(step.fields):
        yield from _field(field, f"{path}.fields[{at}]")
    for at, check in enumerate(step.checks):
        yield from _titled(check.text, f"{path}.checks[{at}].text")
        if check.field not in {one.id for one in step.fields}:
            text = _("A check speaks at a field of its own step.")
            yield Wrong(path=f"{path}.checks[{at}].field", text=text)
        if not named(check.wrong):
            text = _("A check without a comparison would always be wrong.")
            yield Wrong(path=f"{path}.checks[{at}].wrong", text=text)


def _field(field: Field, path: str) -> Iterator[Wrong]:
    yield from _titled(field.title, f"{path}.title")
    yield from _worded(field.about, f"{path}.about")
    values = [one.value for one in field.options]
    if (field.kind in CHOSEN) != bool(values):
        text = _("A choice needs options, and only a choice has some.")
        yield Wrong(path=f"{path}.options", text=text)
    if len(set(values)) < len(values) or "" in values:
        text = _("Every option has a value of its own.")
        yield Wrong(path=f"{path}.options", text=text)
    for at, option in enumerate(field.options):
        yield from _titled(option.title, f"{path}.options[{at}].title")
    if field.low is not None and field.high is not None and field.low > field.high:
        text = _("The lowest value is above the highest.")
        yield Wrong(path=f"{path}.low", text=text)
    if field.longest < 0 or not 1 <= field.most <= 100:
        text = _("“longest” is not negative, “most” is 1 to 100.")
        yield Wrong(path=path, text=text)
    if field.pattern and (said := wrong_pattern(field.pattern)):
        yield Wrong(path=f"{path}.pattern", text=said)


def _titled(words: Words, path: str) -> Iterator[Wrong]:
    if not words.get("de", "").strip():
        yield Wrong(path=path, text=_("A German text is needed."))
    yield from _worded(words, path)


def _worded(words: Words, path: str) -> Iterator[Wrong]:
    if words and not words.get("de", "").strip() and any(words.values()):
        yield Wrong(path=path, text=_("A German text is needed."))
    for code in words:
        if not re.fullmatch(r"[a-z]{2}(-[A-Za-z]{2,4})?", code):
            text = _("“%(code)s” is no language; “de” and “en” are.")
            yield Wrong(path=f"{path}.{code}", text=text % {"code": code})
