"""The door to form definitions: what a form holds, read from and written to JSON."""

from collections.abc import Mapping
from typing import Any

from stadtkern.kernel.cases.forms.coherence import wrong_in
from stadtkern.kernel.cases.forms.parts import (
    Check,
    Condition,
    Definition,
    Fee,
    Field,
    Grant,
    Kind,
    Operator,
    Option,
    Step,
    Test,
    Words,
)
from stadtkern.kernel.cases.forms.problem import FormProblem, Wrong
from stadtkern.kernel.cases.forms.reading import built
from stadtkern.kernel.cases.forms.writing import plain

__all__ = [
    "Check",
    "Condition",
    "Definition",
    "Fee",
    "Field",
    "FormProblem",
    "Grant",
    "Kind",
    "Operator",
    "Option",
    "Step",
    "Test",
    "Words",
    "Wrong",
    "read",
    "write",
]


def read(json: Any) -> Definition:
    """A definition from what `json.load` gives. Raises FormProblem with everything wrong in it."""
    definition, wrong = built(json)
    if not wrong:
        wrong = wrong_in(definition)
    if wrong:
        raise FormProblem(wrong)
    return definition


def write(definition: Definition) -> dict[str, Any]:
    """The definition as JSON; what is as by default is left out."""
    written = plain(definition)
    assert isinstance(written, Mapping)
    return dict(written)
