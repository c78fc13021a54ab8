"""Hundreds of devices from a list: uploaded, checked without writing, made at once, reported."""

import csv
import io
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.csv_file import csv_file
from stadtkern.kernel.devices.models import DeviceImport, Profile
from stadtkern.kernel.devices.onboarding import listing, table
from stadtkern.kernel.devices.onboarding.columns import COLUMNS
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.page import page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 300
RECENT = 10
TEXT_ROWS = 1000
CHANGED = _("The city has changed since the list was checked. Nothing was made; see the problems.")


class ListForm(forms.Form):
    """A file."""

    file = forms.FileField(
        label=_("List of devices"),
        help_text=_("CSV or Excel (.xlsx), at most 5 MB and 5,000 devices."),
        widget=forms.ClearableFileInput({"accept": ".csv,.xlsx,text/csv"}),
    )

    def clean_file(self) -> Any:
        found = self.cleaned_data["file"]
        if found.size > table.LARGEST:
            raise ValidationError(_("The file is larger than 5 MB. Divide it into several."))
        return found


@staff("devices.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Take a list and check it; or hand out the template."""
    if kind := request.GET.get("template"):
        return template_xlsx() if kind == "xlsx" else template_csv()
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = listing.upload(file.name or "", file.read(), actor=person(request))
            return redirect("staff-device-new-list", made.pk)
        except table.TableProblem as problem:
            form.add_error("file", str(problem))
    recent = DeviceImport.objects.exclude(done=None).defer("content")[:RECENT]
    status = 422 if form.errors else 200
    return page(
        request, "onboarding/upload", form=form, columns=COLUMNS, recent=recent, status=status
    )


@staff("devices.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: HttpRequest, number: int) -> HttpResponse:
    """What the dry run found; with POST the devices are made."""
    one = get_object_or_404(DeviceImport.objects.defer("content"), pk=number)
    if request.method == "POST":
        try:
            one = listing.carry_out(one, actor=person(request))
        except (IntegrityError, ValueError):
            one = get_object_or_404(DeviceImport.objects.defer("content"), pk=number)
        if one.done is None:
            messages.error(request, CHANGED)
        return redirect("staff-device-new-list", number)
    report = one.report
    return page(
        request,
        "onboarding/list",
        list=one,
        report=report,
        faults=report["faults"][:SHOWN],
        wrong=len({fault["row"] for fault in report["faults"]}),
        new=(report["made"] or report["new"])[:SHOWN],
        most=SHOWN,
    )


@staff("devices.edit")
def report(request: HttpRequest, number: int) -> HttpResponse:
    """What was found and made, row by row, as a file."""
    one = get_object_or_404(DeviceImport.objects.defer("content"), pk=number)
    heads = (_("Row"), _("Column"), _("DevEUI"), _("Name"), _("Result"))
    return csv_file(f"devices-{number}", heads, _lines(one))


def _lines(one: DeviceImport) -> list[tuple[Any, ...]]:
    found = one.report
    new = _("made") if one.done else _("will be made")
    rows = [(f["row"], f["column"], "", "", f["text"]) for f in found["faults"]]
    rows += [(r["row"], "", r["dev_eui"], r["name"], str(new)) for r in found["new"]]
    there = str(_("is there already"))
    rows += [(r["row"], "", r["dev_eui"], "", there) for r in found["known"]]
    return sorted(rows, key=lambda row: int(row[0]))


def template_csv() -> HttpResponse:
    """The headings alone, in the reader's language."""
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerow([str(c.title) for c in COLUMNS])
    response = HttpResponse(f"\N{BOM}{text.getvalue()}", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="devices.csv"'
    return response


def template_xlsx() -> HttpResponse:
    """The headings, a sheet that explains them, and one with the profiles there are."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = str(_("Devices"))
    sheet.append([str(c.title) for c in COLUMNS])
    sheet.freeze_panes = "A2"
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for place, column in enumerate(COLUMNS, start=1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = 22
        if column.name in ("dev_eui", "join_eui", "app_key"):
            # As text, or Excel makes numbers of them and rounds them.
            for row in range(2, TEXT_ROWS):
                sheet[f"{letter}{row}"].number_format = "@"
    _explain(book)
    content = io.BytesIO()
    book.save(content)
    response = HttpResponse(content.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="devices.xlsx"'
    return response


def _explain(book: Any) -> None:
    notes = book.create_sheet(str(_("Columns")))
    for column in COLUMNS:
        needed = str(_("needed")) if column.needed else ""
        notes.append([str(column.title), needed, str(column.help)])
    profiles = book.create_sheet(str(_("Profiles")))
    for row in Profile.objects.order_by("vendor", "model").values_list("slug", "vendor", "model"):
        profiles.append(list(row))
    for other in (notes, profiles):
        for letter in "ABC":
            other.column_dimensions[letter].width = 32
