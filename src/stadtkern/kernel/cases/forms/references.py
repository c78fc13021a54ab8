"""Whether every name that a definition mentions leads to a field that can be meant."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from stadtkern.kernel.cases.forms.parts import Condition, Definition, Field, Test
from stadtkern.kernel.cases.forms.problem import Wrong

NUMBERS: Final = ("integer", "number", "money")
ORDERED: Final = (*NUMBERS, "date", "time")
WITHOUT_VALUE: Final = ("filled", "empty")
# Asked whether they are filled only: their answers are objects.
OPAQUE: Final = ("file", "address")


def wrong_references(definition: Definition) -> list[Wrong]:
    """Names without a field, and fields of a kind that does not fit."""
    fields = definition.fields()
    found = [*_conditions(definition, fields), *_people(definition, fields)]
    found += _fees(definition, fields)
    found += _grants(definition, fields)
    return found


def _conditions(definition: Definition, fields: Mapping[str, Field]) -> Iterator[Wrong]:
    for path, condition in _every_condition(definition):
        yield from _condition(condition, path, fields)


def _every_condition(definition: Definition) -> Iterator[tuple[str, Condition]]:
    """All conditions of a form with their paths."""
    for at, step in enumerate(definition.steps):
        yield f"steps[{at}].show", step.show
        for n, field in enumerate(step.fields):
            yield f"steps[{at}].fields[{n}].show", field.show
        for n, check in enumerate(step.checks):
            yield f"steps[{at}].checks[{n}].wrong", check.wrong
    for at, fee in enumerate(definition.fees):
        yield f"fees[{at}].when", fee.when


def _condition(condition: Condition, path: str, fields: Mapping[str, Field]) -> Iterator[Wrong]:
    for name in ("all", "any"):
        for at, one in enumerate(getattr(condition, name)):
            here = f"{path}.{name}[{at}]"
            if isinstance(one, Test):
                yield from _test(one, here, fields)
            else:
                yield from _condition(one, here, fields)


def _test(test: Test, path: str, fields: Mapping[str, Field]) -> Iterator[Wrong]:
    field = fields.get(test.field)
    if field is None:
        yield _unknown(f"{path}.field", test.field)
        return
    if field.kind == "note":
        text = _("“%(name)s” is a note and has no answer.") % {"name": test.field}
        yield Wrong(path=f"{path}.field", text=text)
    if field.kind in OPAQUE and test.op not in WITHOUT_VALUE:
        text = _("Files and addresses can only be asked whether they are filled.")
        yield Wrong(path=f"{path}.op", text=text)
    elif said := _wrong_value(test, field):
        yield Wrong(path=f"{path}.value", text=said)


def _wrong_value(test: Test, field: Field) -> str:
    if test.op in WITHOUT_VALUE:
        return ""
    if test.op in ("age_under", "age_at_least"):
        right = field.kind == "date" and _is_number(test.value)
        return "" if right else _("An age is asked of a date, in whole years.")
    if test.op in ("less", "more"):
        return _wrong_order(test.value, field)
    if test.op in ("in", "not_in"):
        if not isinstance(test.value, list | tuple) or not test.value:
            return _("A list of values is needed here.")
        return next((said for one in test.value if (said := _wrong_one(one, field))), "")
    return _wrong_one(test.value, field)


def _wrong_order(value: Any, field: Field) -> str:
    if field.kind not in ORDERED:
        return _("Less and more can be asked of numbers, money, dates and times.")
    if field.kind in NUMBERS or isinstance(value, int | float):
        return "" if _is_number(value) and field.kind != "time" else _("A number is needed here.")
    if field.kind == "date":
        return "" if _is_day(value) else _("A date such as 2026-12-31 is needed here.")
    return "" if isinstance(value, str) and value else _("A time such as 14:30 is needed here.")


def _wrong_one(value: Any, field: Field) -> str:
    if field.options and value not in {one.value for one in field.options}:
        return _("“%(value)s” is none of the options.") % {"value": value}
    if field.kind == "boolean" and not isinstance(value, bool):
        return _("Yes (true) or no (false) is needed.")
    if field.kind in NUMBERS and not _is_number(value):
        return _("A number is needed here.")
    if field.kind not in (*NUMBERS, "boolean") and not isinstance(value, str):
        return _("A text is needed here.")
    return ""


def _people(definition: Definition, fields: Mapping[str, Field]) -> Iterator[Wrong]:
    wanted = {f"name[{at}]": (one, "") for at, one in enumerate(definition.name)}
    wanted |= {f"search[{at}]": (one, "") for at, one in enumerate(definition.search)}
    wanted |= {"email": (definition.email, "email"), "phone": (definition.phone, "phone")}
    wanted |= {"co_sign": (definition.co_sign, "email"), "co_sign_name": (
        definition.co_sign_name, "")}  # fmt: skip
    once = {one.id for step in definition.steps if not step.repeated for one in step.fields}
    for path, (name, kind) in wanted.items():
        if not name:
            continue
        if name not in fields:
            yield _unknown(path, name)
        elif name not in once and not path.startswith("co_sign"):
            text = _("“%(name)s” is asked several times; a field that is asked once is needed.")
            yield Wrong(path=path, text=text % {"name": name})
        elif kind and fields[name].kind != kind:
            text = _("A field of the kind “%(kind)s” is needed here.") % {"kind": kind}
            yield Wrong(path=path, text=text)


def _fees(definition: Definition, fields: Mapping[str, Field]) -> Iterator[Wrong]:
    for at, fee in enumerate(definition.fees):
        if not fee.per:
            continue
        if fee.per not in fields:
            yield _unknown(f"fees[{at}].per", fee.per)
        elif fields[fee.per].kind != "integer":
            text = _("A fee is multiplied with a whole number.")
            yield Wrong(path=f"fees[{at}].per", text=text)


def _grants(definition: Definition, fields: Mapping[str, Field]) -> Iterator[Wrong]:
    for at, grant in enumerate(definition.grants):
        names = {"subject": grant.subject, "begins": grant.begins}
        names |= {f"data[{n}]": one for n, one in enumerate(grant.data)}
        for path, name in names.items():
            if (name or path == "subject") and name not in fields:
                yield _unknown(f"grants[{at}].{path}", name)
        if grant.begins in fields and fields[grant.begins].kind != "date":
            text = _("A permit begins on a date.")
            yield Wrong(path=f"grants[{at}].begins", text=text)


def _unknown(path: str, name: str) -> Wrong:
    return Wrong(path=path, text=_("There is no field “%(name)s”.") % {"name": name})


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value))
    except ValueError:
        return False
