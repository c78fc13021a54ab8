"""Conditions that wait for each other: what is shown must be decided by what is asked before."""

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from django.utils.translation import gettext as _

from stadtkern.kernel.cases.forms.conditions import named
from stadtkern.kernel.cases.forms.parts import Definition
from stadtkern.kernel.cases.forms.problem import Wrong


def circles(definition: Definition) -> list[Wrong]:
    """The first circle that there is, told by its fields."""
    try:
        TopologicalSorter(needs(definition)).prepare()
    except CycleError as problem:
        names = " → ".join(_titles(definition, problem.args[1]))
        text = _("These fields wait for each other: %(names)s. Take one of the conditions away.")
        return [Wrong(path="steps", text=text % {"names": names})]
    return []


def needs(definition: Definition) -> Mapping[str, set[str]]:
    """Which fields have to be answered to know whether a field is shown."""
    return {
        field.id: named(step.show) | named(field.show)
        for step in definition.steps
        for field in step.fields
    }


def _titles(definition: Definition, ids: list[str]) -> list[str]:
    fields = definition.fields()
    return [fields[one].title.get("de", one) if one in fields else one for one in ids]
