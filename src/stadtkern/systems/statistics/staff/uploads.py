"""The journey of a file: upload, correct what we understood, try it out, import."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from stadtkern.kernel.people.access import staff
from stadtkern.systems.statistics.logic import uploads
from stadtkern.systems.statistics.logic.structure import StructureProblem
from stadtkern.systems.statistics.models import Table, Upload
from stadtkern.systems.statistics.reading import guess
from stadtkern.systems.statistics.reading.extract import Extract, letter
from stadtkern.systems.statistics.reading.grid import LARGEST, FileProblem, Grid
from stadtkern.systems.statistics.reading.model import Reading
from stadtkern.systems.statistics.staff.mapping import MappingForm

HEAD_ROWS, TAIL_ROWS, MOST_COLUMNS, MOST_PROBLEMS = 14, 5, 14, 100


class FileForm(forms.Form):
    """The file of a statistics office."""

    file = forms.FileField(
        label=gettext_lazy("Excel or CSV file"),
        help_text=gettext_lazy("As the office sent it, with titles, headings and footnotes."),
        widget=forms.ClearableFileInput({"accept": ".csv,.xlsx,.txt,text/csv"}),
    )

    def clean_file(self) -> Any:
        """Not larger than can be read."""
        found = self.cleaned_data["file"]
        if found.size > LARGEST:
            raise ValidationError(_("The file is larger than 10 MB. Divide it into several."))
        return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A row of the file as the page shows it: its number, what it is taken for, its cells."""

    number: int
    kind: str
    cells: Sequence[str]


@staff("statistics.edit")
@require_POST
def upload(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep the file and show what we understood."""
    table = get_object_or_404(Table, slug=slug)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        for problem in form.errors.get("file", []):
            messages.error(request, str(problem))
        return redirect("statistics-staff:table", slug)
    file = form.cleaned_data["file"]
    try:
        made = uploads.begin(table, file.name or "", file.read(), request.user)
    except FileProblem as problem:
        messages.error(request, str(problem))
        return redirect("statistics-staff:table", slug)
    return redirect("statistics-staff:reading", made.pk)


@staff("statistics.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, number: int) -> HttpResponse:
    """What we understood, to correct; below, what an import would bring."""
    one = get_object_or_404(Upload.objects.select_related("table", "file"), pk=number)
    grid, reading = uploads.opened(one)
    form = MappingForm(reading, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if "forget" in request.POST:
            return _forgotten(request, one)
        if not form.is_valid():
            return _shown(request, one, grid, reading, form, None, 422)
        one.reading = msgspec.to_builtins(form.reading(grid))
        one.save(update_fields=["reading"])
        if "import" in request.POST:
            return _imported(request, one)
        return redirect(f"{request.path}#result")
    return _shown(request, one, grid, reading, form, uploads.tried(one))


def _imported(request: HttpRequest, one: Upload) -> HttpResponse:
    try:
        edition = uploads.take_in(one, request.user, request.POST.get("note", "")[:1000])
    except StructureProblem as problem:
        messages.error(request, str(problem))
        return redirect("statistics-staff:reading", one.pk)
    return redirect("statistics-staff:edition", edition.pk)


def _forgotten(request: HttpRequest, one: Upload) -> HttpResponse:
    slug = one.table.slug
    uploads.forget(one, request.user)
    messages.success(request, _("The file is forgotten. Nothing was imported."))
    return redirect("statistics-staff:table", slug)


def _shown(
    request: HttpRequest, one: Upload, grid: Grid, reading: Reading, form: MappingForm,
    found: Extract | None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    return render(request, "statistics/staff/reading.html", {
        "upload": one, "table": one.table, "grid": grid, "reading": reading, "form": form,
        "lines": _lines(grid, reading), "found": found, "titles": guess.titles(grid, reading),
        "letters": [letter(i) for i in range(min(grid.width, MOST_COLUMNS))],
        "more": max(0, grid.width - MOST_COLUMNS), "labels": _labels(found),
        "problems": found.problems[:MOST_PROBLEMS] if found else [],
        "grave": sum(p.grave for p in found.problems) if found else 0,
    }, status=status)  # fmt: skip


def _labels(found: Extract | None) -> list[tuple[str, int, list[str]]]:
    """Each dimension with how many items it has, and the first of them."""
    if found is None:
        return []
    return [
        (dim.title, len(labels), [one.title for one in list(labels.values())[:6]])
        for dim, labels in zip(found.dims, found.labels, strict=True)
    ]


def _lines(grid: Grid, reading: Reading) -> list[Line]:
    """The first rows and the last ones; a gap has the number 0."""
    first = max(HEAD_ROWS, reading.first + 3)
    count = len(grid.rows)
    numbers = list(range(1, min(first, count) + 1))
    tail = range(max(first + 1, reading.last - 1), min(reading.last + TAIL_ROWS, count) + 1)
    if tail and numbers and tail[0] > numbers[-1] + 1:
        numbers.append(0)
    return [_line(grid, reading, number) for number in [*numbers, *tail]]


def _line(grid: Grid, reading: Reading, number: int) -> Line:
    if not number:
        return Line(number=0, kind="gap", cells=())
    if reading.head_first and reading.head_first <= number <= reading.head_last:
        kind = "head"
    elif number < reading.first:
        kind = "title"
    else:
        kind = "data" if number <= reading.last else "foot"
    cells = [grid.text(number - 1, i)[:40] for i in range(min(grid.width, MOST_COLUMNS))]
    return Line(number=number, kind=kind, cells=cells)
