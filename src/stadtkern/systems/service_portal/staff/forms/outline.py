"""A form as a whole: its steps and questions in order, and what can be done with each."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from stadtkern.kernel.cases.forms import definition as door
from stadtkern.kernel.cases.forms import edit, publish
from stadtkern.kernel.cases.forms.definition import Definition, Field, FormProblem, Step
from stadtkern.kernel.cases.forms.spell import spelt
from stadtkern.kernel.cases.forms.values.texts import in_words
from stadtkern.kernel.people.access import staff
from stadtkern.systems.service_portal.staff.answer import person
from stadtkern.systems.service_portal.staff.forms.door import (
    FORMS,
    NoDraft,
    change,
    form_of,
    language,
    page,
    shown_version,
)

KINDS: Final = {
    "text": gettext_lazy("text"), "long_text": gettext_lazy("longer text"),
    "email": gettext_lazy("e-mail address"), "phone": gettext_lazy("telephone number"),
    "integer": gettext_lazy("whole number"), "number": gettext_lazy("number"),
    "money": gettext_lazy("amount of money"), "date": gettext_lazy("date"),
    "time": gettext_lazy("time of day"), "boolean": gettext_lazy("yes or no"),
    "choice": gettext_lazy("one of several answers"), "choices": gettext_lazy("several answers"),
    "file": gettext_lazy("file"), "address": gettext_lazy("address"),
    "postcode": gettext_lazy("postcode"), "iban": gettext_lazy("IBAN"),
    "plate": gettext_lazy("number plate"), "vin": gettext_lazy("vehicle number"),
    "note": gettext_lazy("note without a question"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldRow:
    """One question in the outline."""

    field: Field
    title: str
    kind: str
    when: str
    untranslated: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class StepRow:
    """One step in the outline."""

    step: Step
    title: str
    when: str
    rows: tuple[FieldRow, ...]
    checks: tuple[str, ...]
    untranslated: bool


@staff(FORMS)
@require_safe
def outline(request: HttpRequest, slug: str) -> HttpResponse:
    """The draft with all its steps; without one the published version, to look at."""
    form = form_of(request, slug)
    version = shown_version(form)
    definition = door.read(version.definition)
    missing = edit.untranslated(definition)
    steps = _steps(definition, {where for where, _text in missing})
    return page(request, "outline", form, {
        "version": version, "draft": version.state == "draft", "definition": definition,
        "steps": steps, "missing": missing,
        "fees": [(in_words(fee.text, language()), fee.cents, spelt(fee.when, definition,
                 language())) for fee in definition.fees],
    })  # fmt: skip


def _steps(definition: Definition, missing: set[str]) -> list[StepRow]:
    code = language()
    return [
        StepRow(
            step=step, title=in_words(step.title, code), when=spelt(step.show, definition, code),
            rows=tuple(_row(field, definition, missing) for field in step.fields),
            checks=tuple(in_words(one.text, code) for one in step.checks),
            untranslated=step.id in missing,
        )
        for step in definition.steps
    ]  # fmt: skip


def _row(field: Field, definition: Definition, missing: set[str]) -> FieldRow:
    code = language()
    return FieldRow(
        field=field, title=in_words(field.title, code), kind=str(KINDS[field.kind]),
        when=spelt(field.show, definition, code), untranslated=field.id in missing,
    )  # fmt: skip


STEP_DEEDS: Final[dict[str, Callable[..., Definition]]] = {
    "step-up": partial(edit.move_step, by=-1), "step-down": partial(edit.move_step, by=1),
    "step-copy": edit.copy_step, "step-remove": edit.remove_step,
}  # fmt: skip
FIELD_DEEDS: Final[dict[str, Callable[..., Definition]]] = {
    "field-up": partial(edit.move_field, by=-1), "field-down": partial(edit.move_field, by=1),
    "field-copy": edit.copy_field, "field-remove": edit.remove_field,
}  # fmt: skip


@staff(FORMS)
@require_POST
def act(request: HttpRequest, slug: str) -> HttpResponse:
    """Move, copy or remove a step or question; begin a new version; throw the draft away."""
    form = form_of(request, slug)
    do, target = request.POST.get("do", ""), request.POST.get("id", "")
    deed = {**STEP_DEEDS, **FIELD_DEEDS}.get(do)
    if do == "draft":
        publish.draft_of(form, person(request))
        messages.success(request, _("A new version is begun. People still fill in the old one."))
    elif do == "drop":
        _drop(request, slug)
    elif deed is not None:
        try:
            change(request, form, lambda now: deed(now, target), do)
        except (NoDraft, edit.InUse) as problem:
            messages.error(request, str(problem))
        except FormProblem as problem:
            messages.error(request, " ".join(one.text for one in problem.wrong))
        except (KeyError, ValueError):
            messages.error(request, _("This is not there any more. Look at the form once more."))
    anchor = f"#{target}" if deed is not None and not do.endswith("remove") else ""
    here = redirect("service_portal-staff:form", slug)
    here["Location"] += anchor
    return here


def _drop(request: HttpRequest, slug: str) -> None:
    form = form_of(request, slug)
    if publish.drop_draft(form, person(request)):
        messages.success(request, _("The draft is thrown away."))
    else:
        messages.error(request, _("The only version of a form stays."))
