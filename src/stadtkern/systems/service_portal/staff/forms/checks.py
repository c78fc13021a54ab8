"""A check over several questions of a step: what is wrong, where it is said, in which words."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.cases.forms import definition as door
from stadtkern.kernel.cases.forms import edit as edits
from stadtkern.kernel.cases.forms.definition import Check, Condition, FormProblem
from stadtkern.kernel.cases.forms.values.texts import in_words
from stadtkern.kernel.people.access import staff
from stadtkern.systems.service_portal.staff.forms import conditions
from stadtkern.systems.service_portal.staff.forms.conditions import NotUsable
from stadtkern.systems.service_portal.staff.forms.door import (
    FORMS,
    NoDraft,
    change,
    form_of,
    language,
    page,
    shown_version,
)
from stadtkern.systems.service_portal.staff.forms.words import WordsForm, pair, spoken


class CheckForm(WordsForm):
    """What is said, and at which question."""

    text, text_en = pair(gettext_lazy("What people read"), lines=2, required=True, longest=500)
    field = forms.ChoiceField(label=gettext_lazy("At which question"))


@staff(FORMS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, step: str, number: int) -> HttpResponse:
    """Change or remove a check; the number behind the last one is a new one."""
    form = form_of(request, slug)
    definition = door.read(shown_version(form).definition)
    home = next((one for one in definition.steps if one.id == step), None)
    if home is None or number > len(home.checks):
        raise Http404
    known = home.checks[number] if number < len(home.checks) else None
    initial = {**spoken(known.text, "text"), "field": known.field} if known else {}
    asked = CheckForm(request.POST or None, initial=initial)
    asked.fields["field"].choices = [  # type: ignore[attr-defined]
        (one.id, in_words(one.title, language())) for one in home.fields if one.kind != "note"
    ]
    gone = known is not None and request.POST.get("do") == "remove"
    ready = gone or (request.method == "POST" and asked.is_valid())
    if ready and _saved(request, form, asked, step, None if gone else number, number):
        messages.success(request, _("Saved."))
        return redirect("service_portal-staff:form", slug)
    said = request.POST if request.method == "POST" else None
    board = conditions.board(known.wrong if known else Condition(), definition, language(), said)
    return page(request, "check", form, {"form": asked, "step": home, "check": known,
                "board": board}, status=422 if asked.errors else 200)  # fmt: skip


def _saved(
    request: HttpRequest, form: Any, asked: CheckForm, step: str, kept: int | None, number: int
) -> bool:
    def how(now: door.Definition) -> door.Definition:
        rows = list(edits.step_of(now, step).checks)
        if kept is None:
            del rows[number : number + 1]
        else:
            before = rows[number].wrong if number < len(rows) else Condition()
            made = Check(wrong=conditions.parsed(request.POST, now, before),
                         field=asked.cleaned_data["field"], text=asked.words("text"))  # fmt: skip
            rows[number : number + 1] = [made]
        return edits.change_step(now, step, checks=tuple(rows))

    try:
        change(request, form, how, "check")
    except FormProblem as problem:
        asked.refuse(problem)
    except (NoDraft, NotUsable) as problem:
        asked.add_error(None, str(problem))
    return not asked.is_bound or not asked.errors or kept is None
