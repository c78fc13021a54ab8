"""What we understood of a file: columns, kinds, oddities, a look at the rows and the map."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.catalogue.columns import Field, geometry_of
from stadtkern.kernel.catalogue.files import coordinates, covering, uploads
from stadtkern.kernel.catalogue.files.comparing import Change
from stadtkern.kernel.catalogue.files.coordinates import Box
from stadtkern.kernel.catalogue.files.personal import Finding
from stadtkern.kernel.catalogue.files.sheet import Sheet
from stadtkern.kernel.catalogue.models import Dataset, Upload, Version
from stadtkern.kernel.catalogue.tables.read import Query, Where, read
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.places.models import box_of
from stadtkern.systems.open_data import cells
from stadtkern.systems.open_data.publishing import words
from stadtkern.systems.open_data.publishing.answer import page, person, upload_of
from stadtkern.systems.open_data.publishing.steps import steps

SHOWN: Final = 8
PINS: Final = 1000
# A browser draws only so many maps on one page.
MAPS: Final = 6
GEOJSON: Final = "application/geo+json"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A table of an upload as the page shows it."""

    place: int
    sheet: Sheet
    version: Version | None
    heads: Sequence[Field] = ()
    rows: Sequence[Sequence[str]] = ()
    columns: Sequence[dict[str, Any]] = field(default_factory=list)
    layers: str = ""
    bounds: Box | None = None
    system: str = ""
    checks: int = 0


class TakeForm(forms.Form):
    """Taking tables over: what must be confirmed is asked for, and nothing else."""

    note = forms.CharField(
        label=gettext_lazy("What is new in this version"), required=False, max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("One or two sentences for those who use the data."),
    )  # fmt: skip
    breaks = forms.BooleanField(
        label=gettext_lazy("I know that programs which read the table have to be adapted.")
    )
    reason = forms.CharField(
        label=gettext_lazy("Why may this be public"), max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("Your reason is recorded with your name."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, change: Change | None = None, people: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if change is None:
            del self.fields["note"]
        if change is None or not change.breaks:
            del self.fields["breaks"]
        if not people:
            del self.fields["reason"]


@staff("datasets.edit")
@require_safe
def upload(request: HttpRequest, number: int) -> HttpResponse:
    """The state of the reading, then what was understood."""
    return shown(request, upload_of(number))


def shown(
    request: HttpRequest, one: Upload, form: TakeForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of an upload, with the form for taking it over."""
    if one.state == Upload.TAKEN:
        return redirect("open_data-staff:dataset", one.dataset.slug)
    if one.state != Upload.READY:
        open_ = one.state in (Upload.WAITING, Upload.READING)
        return page(request, "reading", upload=one, open=open_, steps=steps("table", one.dataset))
    tables = [_shown(one, n, sheet) for n, sheet in enumerate(uploads.sheets_of(one))]
    return page(
        request, "understood", upload=one, dataset=one.dataset, tables=tables,
        kept=[table for table in tables if not table.sheet.out],
        out=[table for table in tables if table.sheet.out],
        change=uploads.change_of(one), findings=people_in(one),
        form=form or form_of(one), steps=steps("table", one.dataset, one), status=status,
    )  # fmt: skip


def form_of(one: Upload, data: Any = None) -> TakeForm:
    """The form that asks what this upload has to be asked."""
    public = one.dataset.state == Dataset.PUBLISHED
    return TakeForm(data, change=uploads.change_of(one), people=public and bool(people_in(one)))


def people_in(one: Upload) -> list[Finding]:
    """What may be about people in the tables of an upload."""
    return [found for version in uploads.staged_of(one) for found in uploads.findings_of(version)]


def _shown(one: Upload, place: int, sheet: Sheet) -> Shown:
    version = Version.objects.filter(pk=sheet.version).first() if sheet.version else None
    if version is None or sheet.out:
        return Shown(place=place, sheet=sheet, version=None)
    found = read(version, Query(limit=SHOWN))
    rows = [
        [cells.shown(column, value) for column, value in zip(version.columns, row, strict=True)]
        for row in found.rows
    ]
    layers = ""
    if geometry_of(version.columns) and place < MAPS:
        layers = reverse("open_data-staff:upload-layers", args=[one.pk, place])
    position = sheet.position
    return Shown(
        place=place, sheet=sheet, version=version, heads=version.columns, rows=rows,
        columns=[_column(column) for column in sheet.columns], layers=layers,
        bounds=_roomy(covering.box_of(version)),
        system=coordinates.SYSTEMS.get(position.crs, f"EPSG:{position.crs}") if position.of else "",
        checks=sum(notice.weight == "check" for notice in sheet.notices),
    )  # fmt: skip


def _roomy(box: Box | None) -> Box | None:
    """A box with some room around what lies in it; None leaves the map at the city."""
    if box is None:
        return None
    west, south, east, north = box
    dx, dy = max((east - west) / 20, 0.005), max((north - south) / 20, 0.005)
    return (west - dx, south - dy, east + dx, north + dy)


def _column(column: Any) -> dict[str, Any]:
    return {"it": column, "kind": words.KINDS[column.kind]}


@staff("datasets.edit")
@require_safe
def oddities(request: HttpRequest, number: int) -> HttpResponse:
    """Every oddity with its row and column, as a file."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    heads = (_("Table"), _("Column"), _("Row"), _("Value"), _("Problem"), _("Weight"))
    writer.writerow(heads)
    weights = {"check": _("please check"), "info": _("for your information")}
    for sheet in uploads.sheets_of(upload_of(number)):
        for one in sheet.notices:
            for row, value in one.at:
                said = f"'{value}" if value.startswith(("=", "+", "-", "@")) else value
                line = (sheet.title, one.column, row or "", said, one.text, weights[one.weight])
                writer.writerow(line)
    answer = HttpResponse(f"\N{BOM}{text.getvalue()}", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="problems-{number}.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@staff("datasets.edit")
@require_POST
def take(request: HttpRequest, number: int) -> HttpResponse:
    """The tables become those of the dataset; what is public already asks for the permission."""
    one = upload_of(number)
    if one.state != Upload.READY:
        return shown(request, one)
    public = one.dataset.state == Dataset.PUBLISHED
    if public and not person(request).may("datasets.publish"):
        raise PermissionDenied
    form = form_of(one, request.POST)
    if not form.is_valid():
        return shown(request, one, form, status=422)
    with transaction.atomic():
        _confirm(request, one, form.cleaned_data.get("reason") or "")
        change = uploads.change_of(one)
        taken = uploads.take(one, note=form.cleaned_data.get("note") or "")
        record(person(request), "datasets.take", one.dataset, **_told(taken, change))
    if not taken and change:
        messages.info(request, _("The file holds what is there already. Nothing was changed."))
    elif change:
        messages.success(request, _("The new version is there."))
    if public or change:
        return redirect("open_data-staff:dataset", one.dataset.slug)
    return redirect("open_data-staff:describe", one.dataset.slug)


def _confirm(request: HttpRequest, one: Upload, reason: str) -> None:
    for version in uploads.staged_of(one):
        if reason and uploads.findings_of(version):
            by, at = f"account:{person(request).pk}", clock.now().isoformat()
            uploads.confirm(version, by=by, reason=reason, at=at)
            record(person(request), "datasets.confirm_people", version, reason=reason)


def _told(taken: Sequence[Version], change: Change | None) -> dict[str, Any]:
    told: dict[str, Any] = {"tables": [f"{v.resource.slug} v{v.number}" for v in taken]}
    if change and change.breaks:
        told["removed"] = [one.slug for one in change.removed]
        told["kinds"] = [f"{a.slug}: {a.kind} → {b.kind}" for a, b in change.kinds]
    return told


@staff("datasets.edit")
@require_POST
def discard(request: HttpRequest, number: int) -> HttpResponse:
    """Throw an upload away; a draft that has nothing else goes with it."""
    one = upload_of(number)
    dataset = one.dataset
    with transaction.atomic():
        record(person(request), "datasets.discard", dataset, file=one.file.name)
        uploads.discard(one)
        if dataset.state == Dataset.DRAFT and not dataset.resources.exists():
            dataset.delete()
            messages.success(request, _("The upload and its empty draft are thrown away."))
            return redirect("open_data-staff:datasets")
    messages.success(request, _("The upload is thrown away."))
    return redirect("open_data-staff:dataset", dataset.slug)


@staff("datasets.edit")
@require_safe
def layers(request: HttpRequest, number: int, place: int) -> HttpResponse:
    """What the map of a table loads: one layer."""
    layer = {
        "slug": "upload", "title": _("Positions in the file"), "theme": "", "minZoom": 0,
        "url": reverse("open_data-staff:upload-pins", args=[number, place]),
        "legend": [{"state": "info", "title": _("row with a position")}],
    }  # fmt: skip
    return _private(JsonResponse({"layers": [layer], "credit": ""}))


@staff("datasets.edit")
@require_safe
def pins(request: HttpRequest, number: int, place: int) -> HttpResponse:
    """The middle of the first shapes of a table."""
    sheets = uploads.sheets_of(upload_of(number))[place : place + 1]
    version = Version.objects.filter(pk__in=[one.version for one in sheets]).first()
    shape = geometry_of(version.columns) if version else None
    if version is None or shape is None:
        return _private(JsonResponse({"type": "FeatureCollection", "features": []}))
    known = (Where(column=shape.slug, operator="not null"),)
    found = read(version, Query(where=known, limit=PINS))
    features = [_pin(n, version.columns, row) for n, row in enumerate(found.rows, start=1)]
    collection = {"type": "FeatureCollection", "features": features}
    return _private(JsonResponse(collection, content_type=GEOJSON))


def _pin(number: int, columns: Sequence[Field], row: Sequence[Any]) -> dict[str, Any]:
    shape = next(value for one, value in zip(columns, row, strict=True) if one.kind == "geometry")
    west, south, east, north = (value or 0.0 for value in box_of(shape))
    named = (v for one, v in zip(columns, row, strict=True) if one.kind == "text" and v)
    name = " ".join(str(next(named, number)).split())[:60]
    middle = [round((west + east) / 2, 6), round((south + north) / 2, 6)]
    return {
        "type": "Feature", "id": str(number),
        "geometry": {"type": "Point", "coordinates": middle},
        "properties": {
            "name": name, "url": "#table", "panel_url": "", "state": "info", "label": "",
            "text": _("Row %(number)s") % {"number": number}, "share": None, "at": None,
            "stale": False, "small": True, "datastreams": [],
        },
    }  # fmt: skip


def _private(response: JsonResponse) -> JsonResponse:
    response["Cache-Control"] = "private, no-store"
    return response
