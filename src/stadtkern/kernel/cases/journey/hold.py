"""A case held for a change, always after its charge, so that no two wait for each other."""

from typing import Any

from django.db import connection

from stadtkern.kernel.cases.forms import definition as forms
from stadtkern.kernel.cases.forms.definition import Definition
from stadtkern.kernel.cases.models import Case
from stadtkern.kernel.cases.moves import locked
from stadtkern.kernel.payments.models import Charge


def held(number: int) -> Case:
    """The case, locked until the end of the caller's transaction.

    Payments lock their charge first and tell us then; whoever begins at the case does the same.
    """
    assert connection.in_atomic_block
    charge = Case.objects.values_list("charge", flat=True).get(pk=number)
    if charge is not None:
        Charge.objects.select_for_update().get(pk=charge)
    return locked(number)


def definition_of(case: Case) -> Definition:
    """What the form asked when this case was begun."""
    return forms.read(case.version.definition)


def contact_of(definition: Definition, answers: dict[str, Any]) -> dict[str, str]:
    """Name, e-mail and telephone of whoever applies, from the fields that the form names."""
    name = " ".join(str(answers[one]).strip() for one in definition.name if answers.get(one))
    said = {"name": name[:200]}
    for what, longest in (("email", 254), ("phone", 40)):
        named = getattr(definition, what)
        if named and answers.get(named):
            said[what] = str(answers[named]).strip()[:longest]
    return {what: text for what, text in said.items() if text}
