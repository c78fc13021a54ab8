"""Texts that are used again: of the form, of the office, with placeholders that the case fills."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel import clock, registry
from stadtkern.kernel.cases.forms.definition import Definition
from stadtkern.kernel.cases.models import Case, DeskText

PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
# What every case knows; `{answer.<field>}` besides, in texts of a form.
KNOWN: Final = ("name", "reference", "service", "office", "city", "date", "submitted", "due")
# The text of a form that says how to appeal.
APPEAL: Final = "appeal"


@dataclass(frozen=True, kw_only=True, slots=True)
class Template:
    """One text to choose: where it is from, what for and what it is called, its words filled in."""

    key: str
    kind: str
    title: str
    text: str


def faults(text: str, fields: Mapping[str, object] | None = None) -> list[str]:
    """What is wrong with a text's placeholders, in sentences; `fields` are those of its form."""
    found = []
    for one in PLACEHOLDER.findall(text):
        field = one.removeprefix("answer.")
        known = one in KNOWN if field == one else fields is not None and field in fields
        if not known:
            found.append(
                _("{%(name)s} is not known here. Possible are: %(names)s.")
                % {"name": one, "names": ", ".join(f"{{{name}}}" for name in KNOWN)}
            )
    if text.count("{") != text.count("}"):
        found.append(_("A curly bracket is open or closed without its other half."))
    return found


def filled(text: str, case: Case, answers: Mapping[str, str], due: date | None = None) -> str:
    """The text with its placeholders filled; what is not known is marked: `[name]`.

    `answers` are answers in words by field.
    """
    told = _told(case, due)

    def said(found: re.Match[str]) -> str:
        name = found[1]
        value = told.get(name) or answers.get(name.removeprefix("answer."), "")
        return value or f"[{name}]"

    return PLACEHOLDER.sub(said, text)


def _told(case: Case, due: date | None) -> dict[str, str]:
    with override(case.language):
        return {
            "name": case.name, "reference": case.reference, "city": registry.city().city.name,
            "service": title_of(case), "office": case.department.title,
            "date": _day(timezone.localdate(clock.now())), "due": _day(due),
            "submitted": _day(timezone.localdate(case.submitted) if case.submitted else None),
        }  # fmt: skip


def _day(day: date | None) -> str:
    return formats.date_format(day, "DATE_FORMAT") if day else ""


def title_of(case: Case) -> str:
    """What the case is about, in its language."""
    form = case.version.form
    return (form.title_en or form.title) if case.language == "en" else form.title


def for_case(
    case: Case, definition: Definition, kinds: tuple[str, ...], answers: Mapping[str, str],
    due: date | None = None,
) -> list[Template]:  # fmt: skip
    """The texts of form and office for these kinds, in the language of the case where there is one.

    A form's texts are called by kind: `granted`, `request`, or `granted.short` where it has more.
    """
    own = [
        (
            f"form:{name}",
            name.partition(".")[0],
            name,
            words.get(case.language) or words.get("de", ""),
        )
        for name, words in definition.texts.items()
        if name.partition(".")[0] in kinds
    ]
    rows = DeskText.objects.filter(department=case.department_id, kind__in=kinds)
    chosen: dict[tuple[str, str], DeskText] = {}
    for row in sorted(rows, key=lambda row: row.language == case.language):
        chosen[row.kind, row.title] = row
    own += [(f"office:{row.pk}", row.kind, row.title, row.text) for row in chosen.values()]
    return [
        Template(key=key, kind=kind, title=title, text=filled(text, case, answers, due))
        for key, kind, title, text in own
    ]


def appeal_words(case: Case, definition: Definition) -> str:
    """How to appeal, as the form says it; empty where it says nothing."""
    words = definition.texts.get(APPEAL, {})
    return filled(words.get(case.language) or words.get("de", ""), case, {})
