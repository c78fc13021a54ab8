"""Test cases of a form: invented answers that have to come out as expected before publishing."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from stadtkern.kernel.cases.forms import run
from stadtkern.kernel.cases.forms.parts import Definition
from stadtkern.kernel.cases.forms.sight import Answers
from stadtkern.kernel.cases.models import Form, FormTest


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """A test case and what did not come out as expected, in sentences."""

    test: FormTest
    wrong: tuple[str, ...]


def outcome_of(definition: Definition, answers: Answers) -> dict[str, Any]:
    """What comes of some answers: steps shown, fields with a fault, the sum of the bill."""
    faults = run.faults(definition, answers, language="de")
    return {
        "steps": [one.id for one in run.shown(definition, answers)],
        "faults": sorted({one.field or one.step for one in faults}),
        "cents": sum(line.cents for line in run.bill(definition, answers)),
    }


def rehearse(form: Form, definition: Definition) -> list[Outcome]:
    """Every test case of a form, run against a definition."""
    return [
        Outcome(test=one, wrong=tuple(_wrong(one.expected, outcome_of(definition, one.answers))))
        for one in form.tests.all()
    ]


def _wrong(expected: dict[str, Any], found: dict[str, Any]) -> list[str]:
    said = {
        "steps": _("Steps: %(found)s instead of %(expected)s."),
        "faults": _("Questions with a fault: %(found)s instead of %(expected)s."),
        "cents": _("The bill is %(found)s cents instead of %(expected)s."),
    }
    return [
        said[name] % {"found": _spelt(found[name]), "expected": _spelt(expected[name])}
        for name in said
        if name in expected and expected[name] != found[name]
    ]


def _spelt(value: Any) -> str:
    return (", ".join(value) or _("none")) if isinstance(value, list) else str(value)
