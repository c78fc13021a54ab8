"""Conditions in words, for those who edit forms."""

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stadtkern.kernel.cases.forms import values
from stadtkern.kernel.cases.forms.parts import Condition, Definition, Field, Test
from stadtkern.kernel.cases.forms.values.numbers import euros
from stadtkern.kernel.cases.forms.values.texts import in_words

OPERATORS: Final = {
    "is": gettext_lazy("is"), "is_not": gettext_lazy("is not"),
    "in": gettext_lazy("is one of"), "not_in": gettext_lazy("is none of"),
    "less": gettext_lazy("is less or earlier than"), "more": gettext_lazy("is more or later than"),
    "filled": gettext_lazy("is filled in"), "empty": gettext_lazy("is empty"),
    "age_under": gettext_lazy("is an age under"),
    "age_at_least": gettext_lazy("is an age of at least"),
}  # fmt: skip


def spelt(condition: Condition, definition: Definition, language: str) -> str:
    """Such as: “Keeper” is “a company” and “Begin” is filled in; empty where it always holds."""
    fields = definition.fields()
    every = [_part(one, definition, fields, language) for one in condition.all]
    some = [_part(one, definition, fields, language) for one in condition.any]
    if some:
        joined = _(" or ").join(some)
        every.append(f"({joined})" if every and len(some) > 1 else joined)
    return _(" and ").join(every)


def _part(
    part: Test | Condition, definition: Definition, fields: dict[str, Field], language: str
) -> str:
    if isinstance(part, Condition):
        return f"({spelt(part, definition, language)})"
    field = fields.get(part.field)
    title = in_words(field.title, language) if field else part.field
    said = f"{_quoted(title)} {OPERATORS[part.op]}"
    if part.op in ("filled", "empty"):
        return said
    return f"{said} {value_said(field, part, language)}"


def value_said(field: Field | None, test: Test, language: str) -> str:
    """What an answer is compared with, as people read it."""
    if isinstance(test.value, list | tuple):
        return ", ".join(_one(field, one, language) for one in test.value)
    if test.op in ("age_under", "age_at_least"):
        return _("%(years)s years") % {"years": test.value}
    if field and field.kind == "date" and isinstance(test.value, int | float):
        return _("%(days)s days from today") % {"days": int(test.value)}
    return _one(field, test.value, language)


def _one(field: Field | None, value: Any, language: str) -> str:
    if field is None:
        return _quoted(str(value))
    if field.kind == "money" and isinstance(value, int | float):
        return euros(int(value), language)
    picked = [value] if field.kind == "choices" else value
    return _quoted(values.say(field, picked, language) or str(value))


def _quoted(text: str) -> str:
    return _("“%(text)s”") % {"text": text}
