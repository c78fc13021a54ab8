"""Maturity models for staff: their versions, a draft as text, publishing, choosing one."""

import json

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stadtkern.kernel.people.access import staff
from stadtkern.systems.digital_maturity import definition as documents
from stadtkern.systems.digital_maturity import probes, soundness, versions
from stadtkern.systems.digital_maturity.models import MaturityModel
from stadtkern.systems.digital_maturity.staff.answer import page, person
from stadtkern.systems.digital_maturity.versions import NotSound


class ModelForm(forms.Form):
    """A definition as text, and what was changed."""

    definition = forms.CharField(
        label=gettext_lazy("Definition (JSON)"), max_length=200_000,
        widget=forms.Textarea({"rows": 24, "class": "maturity-json", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Grades stand from the worst answer to the best. The platform checks that a better "
            "answer never lowers a level."
        ),
    )  # fmt: skip
    note = forms.CharField(label=gettext_lazy("What is new"), max_length=300, required=False)


@staff("digital_maturity.see")
@require_safe
def models(request: HttpRequest) -> HttpResponse:
    """All models and revisions."""
    rows = MaturityModel.objects.all()
    return page(request, "models",
                rows=[(one, documents.read(one.definition)) for one in rows])  # fmt: skip


@staff("digital_maturity.see")
@require_http_methods(["GET", "HEAD", "POST"])
def model(request: HttpRequest, number: int) -> HttpResponse:
    """One revision; a draft can be changed."""
    found = get_object_or_404(MaturityModel, pk=number)
    text = json.dumps(found.definition, ensure_ascii=False, indent=2)
    if request.method == "POST":
        if not person(request).may("digital_maturity.models"):
            raise PermissionDenied
        return _change(request, found)
    return _page(request, found, ModelForm(initial={"definition": text, "note": found.note}))


def _change(request: HttpRequest, found: MaturityModel) -> HttpResponse:
    form = ModelForm(request.POST)
    if form.is_valid():
        try:
            told = versions.read_text(form.cleaned_data["definition"])
            versions.change(found.pk, told, form.cleaned_data["note"], actor=person(request))
        except NotSound as problem:
            for text in problem.texts:
                form.add_error("definition", text)
        else:
            messages.success(request, _("Saved. Not published yet."))
            return redirect("digital_maturity-staff:model", found.pk)
    return _page(request, found, form, 422)


def _page(
    request: HttpRequest, found: MaturityModel, form: ModelForm, status: int = 200
) -> HttpResponse:
    definition = documents.read(found.definition)
    wrong = soundness.problems(definition, probes.NAMES) if found.state == "draft" else []
    titles = {name: probes.title_of(name) for name in probes.NAMES}
    return page(request, "model", model=found, definition=definition, form=form, wrong=wrong,
                titles=titles, names=sorted(probes.NAMES), status=status)  # fmt: skip


@staff("digital_maturity.models")
@require_POST
def act(request: HttpRequest, number: int) -> HttpResponse:
    """Make a draft, publish it, or measure by a model from now on."""
    deed, who = request.POST.get("do", ""), person(request)
    try:
        if deed == "draft":
            number = versions.draft_of(number, actor=who).pk
        elif deed == "publish":
            versions.publish(number, actor=who)
            messages.success(request, _("This revision is published."))
        elif deed == "current":
            versions.make_current(number, actor=who)
            messages.success(request, _("Services are measured by this model now."))
        else:
            raise Http404
    except NotSound as problem:
        messages.error(request, " ".join(problem.texts))
    return redirect("digital_maturity-staff:model", number)
