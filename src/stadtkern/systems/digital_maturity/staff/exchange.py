"""Assessments and models out of the platform and into it, with a look before anything is kept."""

import json

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel.people.access import staff
from stadtkern.systems.digital_maturity import exchanging, versions
from stadtkern.systems.digital_maturity.exchanging import NotReadable, Plan
from stadtkern.systems.digital_maturity.models import MaturityModel
from stadtkern.systems.digital_maturity.staff.answer import page, person
from stadtkern.systems.digital_maturity.versions import NotSound


class FileForm(forms.Form):
    """A file, and whether it is only tried."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "Assessments as JSON, answers as CSV (service;question;value;note), or a model as JSON."
        ),
    )  # fmt: skip
    keep = forms.BooleanField(
        label=gettext_lazy("Make drafts of it. Without this, the file is only checked."),
        required=False,
    )


@staff("digital_maturity.see")
@require_http_methods(["GET", "HEAD", "POST"])
def exchange(request: HttpRequest) -> HttpResponse:
    """Links out; sent, a file is checked and, where that is wanted, taken in."""
    if request.method != "POST":
        return _page(request, FileForm())
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    upload = form.cleaned_data["file"]
    content = upload.read(exchanging.LARGEST + 1)
    try:
        if _is_model(content):
            return _model(request, content, keep=form.cleaned_data["keep"])
        found = exchanging.plan(content, upload.name)
    except (NotReadable, NotSound) as problem:
        form.add_error("file", str(problem))
        return _page(request, form, status=422)
    return _assessments(request, found, keep=form.cleaned_data["keep"])


def _is_model(content: bytes) -> bool:
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(told, dict) and "levels" in told


def _model(request: HttpRequest, content: bytes, *, keep: bool) -> HttpResponse:
    told, who = versions.read_text(content.decode("utf-8")), person(request)
    if not (keep and who.may("digital_maturity.models")):
        messages.success(request, _("The file is a model that can be read. Nothing was kept."))
        return redirect("digital_maturity-staff:exchange")
    made = versions.take_in(told, actor=who)
    messages.success(request, _("The model is a draft now. Check and publish it."))
    return redirect("digital_maturity-staff:model", made.pk)


def _assessments(request: HttpRequest, found: Plan, *, keep: bool) -> HttpResponse:
    if not (keep and person(request).may("digital_maturity.assess")):
        return _page(request, FileForm(), found)
    count = exchanging.take(found, actor=person(request))
    text = ngettext("%(n)d draft was made. Confirm its answers.",
                    "%(n)d drafts were made. Confirm their answers.", count)  # fmt: skip
    messages.success(request, text % {"n": count})
    return redirect("digital_maturity-staff:services")


def _page(
    request: HttpRequest, form: FileForm, found: Plan | None = None, status: int = 200
) -> HttpResponse:
    rows = MaturityModel.objects.published().order_by("slug", "-valid_from")
    return page(request, "exchange", form=form, found=found, rows=rows, status=status)


@staff("digital_maturity.see")
@require_safe
def model_file(request: HttpRequest, number: int) -> JsonResponse:
    """A model as a file that can be brought in elsewhere."""
    row = get_object_or_404(MaturityModel, pk=number)
    look = {"ensure_ascii": False, "indent": 2}
    answer = JsonResponse(versions.described(row), json_dumps_params=look)
    answer["Content-Disposition"] = f'attachment; filename="{row.slug}-{row.version}.json"'
    return answer
