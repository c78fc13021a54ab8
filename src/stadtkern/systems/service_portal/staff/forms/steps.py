"""One step: what it is called, when it is shown, whether it is asked several times."""

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
from stadtkern.kernel.cases.forms.definition import Condition, FormProblem, Step
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


class StepForm(WordsForm):
    """A step without its questions."""

    title, title_en = pair(gettext_lazy("Title"), required=True, longest=200)
    about, about_en = pair(gettext_lazy("Explanation"), lines=3, longest=2000)
    repeated = forms.BooleanField(
        label=gettext_lazy("Asked several times, such as for every child"), required=False
    )
    each, each_en = pair(gettext_lazy("Name of one entry, such as child"), longest=80)
    least = forms.IntegerField(label=gettext_lazy("At least"), min_value=0, max_value=50, initial=1)
    most = forms.IntegerField(label=gettext_lazy("At most"), min_value=1, max_value=50, initial=1)
    fim = forms.CharField(label=gettext_lazy("FIM id"), required=False, max_length=60)


@staff(FORMS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, step: str = "") -> HttpResponse:
    """Change a step, or add one."""
    form = form_of(request, slug)
    definition = door.read(shown_version(form).definition)
    known = next((one for one in definition.steps if one.id == step), None)
    if step and known is None:
        raise Http404
    asked = StepForm(request.POST or None, initial=_initial(known))
    if request.method == "POST" and asked.is_valid() and _saved(request, form, asked, known):
        messages.success(request, _("Saved."))
        return redirect("service_portal-staff:form", slug)
    said = request.POST if request.method == "POST" else None
    board = conditions.board(known.show if known else Condition(), definition, language(), said)
    return page(request, "step", form, {"form": asked, "step": known, "board": board},
                status=422 if asked.errors else 200)  # fmt: skip


def _saved(request: HttpRequest, form: Any, asked: StepForm, known: Step | None) -> bool:
    def how(now: door.Definition) -> door.Definition:
        before = edits.step_of(now, known.id).show if known else Condition()
        shown = conditions.parsed(request.POST, now, before)
        values = _values(asked, shown)
        if known:
            return edits.change_step(now, known.id, **values)
        name = edits.new_id(now, values["title"]["de"])
        return edits.add_step(now, Step(id=name, **values))

    try:
        change(request, form, how, "step")
    except FormProblem as problem:
        asked.refuse(problem)
    except (NoDraft, NotUsable) as problem:
        asked.add_error(None, str(problem))
    except KeyError:
        asked.add_error(None, _("This is not there any more. Look at the form once more."))
    return not asked.errors


def _values(asked: StepForm, shown: Condition) -> dict[str, Any]:
    said = asked.cleaned_data
    repeated = said["repeated"]
    return {
        "title": asked.words("title"), "about": asked.words("about"), "show": shown,
        "repeated": repeated, "each": asked.words("each") if repeated else {},
        "least": said["least"] if repeated else 1, "most": said["most"] if repeated else 1,
        "fim": said["fim"],
    }  # fmt: skip


def _initial(step: Step | None) -> dict[str, Any]:
    if step is None:
        return {}
    return {
        **spoken(step.title, "title"), **spoken(step.about, "about"), **spoken(step.each, "each"),
        "repeated": step.repeated, "least": step.least, "most": step.most, "fim": step.fim,
    }  # fmt: skip
