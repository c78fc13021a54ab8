"""Forms as files: taken away as JSON, brought as JSON or as XDatenfelder."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.forms import bringing, publish
from stadtkern.kernel.cases.forms.definition import Definition, FormProblem
from stadtkern.kernel.cases.forms.xdf import NotXdf, Taken, taken_from
from stadtkern.kernel.cases.models import Form
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import Account, Department
from stadtkern.systems.service_portal.staff import answer
from stadtkern.systems.service_portal.staff.answer import person
from stadtkern.systems.service_portal.staff.forms.door import (
    FORMS,
    departments_of,
    form_of,
    forms_of,
    shown_version,
)


class BringForm(forms.Form):
    """A file, and the form that it becomes a draft of."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("XDatenfelder 2 or 3 (XML), or a form taken away here (JSON)."),
    )  # fmt: skip
    into = forms.ModelChoiceField(
        label=gettext_lazy("As a draft of"), required=False, queryset=Form.objects.none(),
        empty_label=gettext_lazy("a new form"),
    )  # fmt: skip
    department = forms.ModelChoiceField(
        label=gettext_lazy("Office of a new form"), required=False,
        queryset=Department.objects.none(),
    )  # fmt: skip

    def __init__(self, *said: Any, who: Account, **more: Any) -> None:
        super().__init__(*said, **more)
        self.fields["into"].queryset = forms_of(who)  # type: ignore[attr-defined]
        self.fields["department"].queryset = departments_of(who)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A new form needs an office; a large file is no form."""
        said = super().clean() or {}
        if not said.get("into") and not said.get("department"):
            self.add_error("department", _("Choose an office for the new form."))
        if said.get("file") and said["file"].size > bringing.LARGEST:
            self.add_error("file", _("The file is larger than 5 MB. That is no form."))
        return said


@staff(FORMS)
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """Upload a form; a report says what was taken over and what was not."""
    form = BringForm(request.POST or None, request.FILES or None, who=person(request))
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["file"].read()
        try:
            taken = bringing.read_file(content)
            made = _draft(request, form, taken)
        except FormProblem as problem:
            for one in problem.wrong[:20]:
                form.add_error("file", str(one))
        except (NotXdf, publish.NotPublished) as problem:
            form.add_error("file", str(problem))
        else:
            return _report(request, made, taken)
    return answer.page(request, "forms/import", form=form, status=422 if form.errors else 200)


@transaction.atomic
def _draft(request: HttpRequest, said: BringForm, taken: Taken) -> Form:
    who = person(request)
    form = said.cleaned_data["into"] or _new(taken.definition, said.cleaned_data["department"])
    publish.bring(form, taken.definition, who, schema_uri=taken.schema_uri, source=taken.source)
    record(who, "forms.import", form, schema=taken.schema_uri[:200])
    return form


def _new(definition: Definition, department: Department) -> Form:
    stem = slugify(definition.title["de"])[:100] or "formular"
    names = (stem if n == 1 else f"{stem}-{n}" for n in range(1, 1000))
    slug = next(one for one in names if not Form.objects.filter(slug=one).exists())
    return Form.objects.create(slug=slug, title=definition.title["de"][:200],
                               title_en=definition.title.get("en", "")[:200],
                               department=department)  # fmt: skip


def _report(request: HttpRequest, form: Form, taken: Taken) -> HttpResponse:
    if not taken.notes and not taken.left:
        messages.success(request, _("The form is there as a draft."))
        return redirect("service_portal-staff:form", form.slug)
    return answer.page(request, "forms/imported", one=form, taken=taken)


@staff(FORMS)
@require_safe
def notes(request: HttpRequest, slug: str) -> HttpResponse:
    """Once more what the data schema says that this version was made of."""
    form = form_of(request, slug)
    source = shown_version(form).schema_source
    if not source:
        raise Http404
    return answer.page(request, "forms/imported", one=form, taken=taken_from(source.encode()))


@staff(FORMS)
@require_safe
def take_away(request: HttpRequest, slug: str) -> HttpResponse:
    """The definition of a version as JSON: `?version=3`, else what the editor shows."""
    form = form_of(request, slug)
    wanted = request.GET.get("version", "")
    rows = form.versions.filter(number=int(wanted)) if wanted.isdecimal() else form.versions.none()
    version = rows.first() or shown_version(form)
    reply = JsonResponse(version.definition, json_dumps_params={"ensure_ascii": False, "indent": 2})
    name = f"{form.slug}-{version.number}.json"
    reply["Content-Disposition"] = f'attachment; filename="{name}"'
    return reply
