"""What the city knows already about whoever applies, with where it comes from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from stadtkern.kernel.cases.forms import values
from stadtkern.kernel.cases.forms.definition import Definition, Field
from stadtkern.kernel.identity import attributes
from stadtkern.kernel.identity.attributes import Attribute
from stadtkern.kernel.people.models import Account

# Fields from an electronic identity card cannot be changed in the form.
LOCKED: Final = "eid"
STREET: Final = re.compile(r"^(?P<name>.*\D)\s+(?P<number>\d+\s?[a-zA-Z]?(?:-\d+)?)$")
# What forms call it -> what identity calls it.
ALSO: Final = {"company": "organisation"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Filled:
    """Answers and, by field, where they come from."""

    answers: dict[str, Any]
    origins: dict[str, str]


def merged(
    definition: Definition, account: Account | None, answers: dict[str, Any],
    origins: dict[str, str],
) -> Filled:  # fmt: skip
    """What is said already, over what the account knows, under what an eID proves."""
    known = of_account(definition, account) if account else Filled(answers={}, origins={})
    for name, origin in known.origins.items():
        if origin == LOCKED or answers.get(name) in (None, ""):
            answers[name], origins[name] = known.answers[name], origin
    return Filled(answers=answers, origins=origins)


def of_account(definition: Definition, account: Account) -> Filled:
    """By field of the form, as far as the form asks for attributes of an account."""
    known = attributes.of(account)
    answers: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for step in definition.steps:
        for field in step.fields if not step.repeated else ():
            value, used = _said(field, known)
            if value in (None, "") or values.problem(field, value):
                continue
            answers[field.id] = value
            locked = all(one.locked for one in used)
            origins[field.id] = LOCKED if locked else used[0].origin or "account"
    return Filled(answers=answers, origins=origins)


def _said(field: Field, known: Mapping[str, Attribute]) -> tuple[Any, list[Attribute]]:
    """An answer as the form keeps it, and the attributes that it was made of."""
    if field.kind == "address":
        return _address(known) if field.prefill == "address" else (None, [])
    found = known.get(ALSO.get(field.prefill, field.prefill))
    return (found.value.strip(), [found]) if found else (None, [])


def _address(known: Mapping[str, Attribute]) -> tuple[Any, list[Attribute]]:
    """The parts of an address; the number is what follows the name of the street."""
    parts = [known.get(name) for name in ("street", "postal_code", "city")]
    used = [one for one in parts if one is not None]
    if len(used) < len(parts):
        return None, []
    street = STREET.match(used[0].value.strip())
    if street is None:
        return None, []
    return {"street": street["name"], "number": street["number"],
            "postcode": used[1].value.strip(), "town": used[2].value.strip()}, used  # fmt: skip


def locked_fields(origins: dict[str, str]) -> frozenset[str]:
    """Fields that whoever applies cannot change."""
    return frozenset(name for name, origin in origins.items() if origin == LOCKED)
