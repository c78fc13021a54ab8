"""Taking a device repository in: upload a zip, watch it being read, see what came of it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.devices.models import RepositoryImport
from stadtkern.kernel.devices.repository import Unusable, archive
from stadtkern.kernel.devices.repository.importing import opened
from stadtkern.kernel.jobs import tasks
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.codecs import words
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.page import page

LONGEST = 64 * 2**20
WORK = "stadtkern.kernel.devices.repository.job.perform"
SHOWN = 30
MOST_LINES = 300


class UploadForm(forms.Form):
    """A repository as a zip."""

    file = forms.FileField(
        label=_("Zip file"),
        widget=forms.ClearableFileInput({"accept": ".zip,application/zip"}),
        help_text=_(
            "At most 64 MB. A larger one goes in at the command line: stadtkern devices import PATH"
        ),
    )

    def clean_file(self) -> Any:
        file: Any = self.cleaned_data["file"]
        if (file.size or 0) > LONGEST:
            raise ValidationError(
                _("The file is larger than 64 MB. Take it in at the command line.")
            )
        try:
            opened(archive(file))
        except Unusable as problem:
            [(_path, sentence)] = words.told([{"path": "", "reason": str(problem)}])
            raise ValidationError(sentence) from problem
        file.seek(0)
        return file


@staff("devices.see")
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """All imports so far, and the form for another."""
    may_edit = person(request).may("devices.edit")
    if request.method == "POST" and not may_edit:
        raise Http404
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        return redirect("staff-import", _begin(form.cleaned_data["file"], actor=person(request)))
    return page(
        request,
        "profile_imports",
        form=form,
        rows=RepositoryImport.objects.defer("archive")[:SHOWN],
        may_edit=may_edit,
        status=422 if form.errors else 200,
    )


@staff("devices.see")
def one_import(request: HttpRequest, number: int) -> HttpResponse:
    """How far an import is, or what came of it."""
    one = get_object_or_404(RepositoryImport.objects.defer("archive"), pk=number)
    report: dict[str, Any] = one.report
    return page(
        request,
        "profile_import",
        one=one,
        report=report,
        tallies=_tallies(report),
        failures=report.get("failures", [])[:MOST_LINES],
        problems=words.told(report.get("problems", [])[:MOST_LINES]),
        functions=words.FUNCTIONS,
        problem=words.told([{"path": "", "reason": one.problem}])[0][1] if one.problem else "",
    )


def _begin(file: Any, *, actor: Any) -> int:
    with transaction.atomic():
        one = RepositoryImport.objects.create(
            title=str(file.name or "zip")[:200],
            author=f"account:{actor.pk}",
            archive=file.read(),
        )
        tasks.perform.defer(call=WORK, number=one.pk)
    return int(one.pk)


def _tallies(report: dict[str, Any]) -> list[dict[str, Any]]:
    """The counts of the examples by what they call, with the share that came out right."""
    found = []
    for function, tally in report.get("tallies", {}).items():
        total = tally["exact"] + tally["close"] + tally["differing"]
        share = 100 * (total - tally["differing"]) / total if total else None
        found.append(
            {
                "title": words.FUNCTIONS.get(function, function),
                "total": total,
                "share": share,
                **tally,
            }
        )
    return found
