"""A person corrects what we understood of a table: columns, kinds, units, positions, headings."""

from typing import Any

import msgspec
from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.catalogue.files import coordinates, uploads
from stadtkern.kernel.catalogue.files.sheet import Column, Position, Sheet
from stadtkern.kernel.catalogue.models import Upload
from stadtkern.kernel.people.access import staff
from stadtkern.systems.open_data.publishing import words
from stadtkern.systems.open_data.publishing.answer import page, person, upload_of
from stadtkern.systems.open_data.publishing.steps import steps

KINDS = [(key, title) for key, title in words.KINDS.items() if key != "geometry"]
NOWHERE = pgettext_lazy("geometry", "none")


class ColumnForm(forms.Form):
    """One column."""

    keep = forms.BooleanField(label=_("Publish"), required=False)
    title = forms.CharField(label=_("Title"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS)
    unit = forms.CharField(label=_("Unit"), max_length=20, required=False)

    def __init__(self, column: Column, number: int, data: Any = None) -> None:
        self.column = column
        initial = {"keep": not column.out, "title": column.title, "kind": column.kind,
                   "unit": column.unit}  # fmt: skip
        super().__init__(data, prefix=f"c{number}", initial=initial)
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = f"{self.fields[name].label}: {column.title}"

    def corrected(self) -> Column:
        """The column as the person wants it."""
        said = self.cleaned_data
        return msgspec.structs.replace(
            self.column, out=not said["keep"], title=said["title"], kind=said["kind"],
            unit=said["unit"],
        )  # fmt: skip


class TableForm(forms.Form):
    """The table as a whole."""

    title = forms.CharField(label=_("Title of the table"), max_length=200)
    out = forms.BooleanField(label=_("Leave this table out"), required=False)
    header = forms.IntegerField(
        label=_("Line with the headings"), min_value=0, max_value=1000, required=False,
        help_text=_("0 where there are none. If you change it, the columns are read anew."),
    )  # fmt: skip
    decimal = forms.ChoiceField(
        label=_("Decimal sign of numbers"), required=False,
        choices=[("", _("as found")), (",", _("comma: 1.234,5")), (".", _("point: 1,234.5"))],
    )  # fmt: skip
    of = forms.ChoiceField(
        label=_("Positions"),
        choices=[
            ("", NOWHERE),
            ("pair", _("from two columns")),
            ("shapes", _("from the file")),
        ],
        required=False,
    )
    x = forms.ChoiceField(label=_("Longitude or easting"), required=False)
    y = forms.ChoiceField(label=_("Latitude or northing"), required=False)
    crs = forms.TypedChoiceField(
        label=_("Reference system"), choices=list(coordinates.SYSTEMS.items()), coerce=int,
        help_text=_("UTM 32N is usual in North Rhine-Westphalia."), required=False,
    )  # fmt: skip

    def __init__(self, sheet: Sheet, data: Any = None) -> None:
        self.sheet = sheet
        at = sheet.position
        initial = {"title": sheet.title, "out": sheet.out, "header": sheet.header, "of": at.of,
                   "x": at.x, "y": at.y, "crs": at.crs}  # fmt: skip
        super().__init__(data, initial=initial)
        slugs = [("", "–"), *((one.slug, one.title) for one in sheet.columns)]
        for name in ("x", "y"):
            self.fields[name].choices = slugs  # type: ignore[attr-defined]
        if at.of == "shapes":
            del self.fields["x"], self.fields["y"]
            self.fields["of"].choices = [  # type: ignore[attr-defined]
                ("", NOWHERE), ("shapes", _("from the file"))]  # fmt: skip
        else:
            self.fields["of"].choices = [  # type: ignore[attr-defined]
                ("", NOWHERE), ("pair", _("from two columns"))]  # fmt: skip
        if at.crs not in coordinates.SYSTEMS:
            known = [*coordinates.SYSTEMS.items(), (at.crs, f"EPSG:{at.crs}")]
            self.fields["crs"].choices = known  # type: ignore[attr-defined]
        if sheet.header == 0 and at.of == "shapes":
            del self.fields["header"], self.fields["decimal"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("of") == "pair" and (not data.get("x") or data.get("x") == data.get("y")):
            self.add_error("x", _("Choose two different columns."))
        elif data.get("of") == "pair" and not data.get("y"):
            self.add_error("y", _("Choose two different columns."))
        return data

    def corrected(self, columns: list[Column]) -> Sheet:
        """The table as the person wants it."""
        said = self.cleaned_data
        if decimal := said.get("decimal"):
            columns = [msgspec.structs.replace(one, decimal=decimal) for one in columns]
        position = Position(
            of=said["of"], x=said.get("x") or "", y=said.get("y") or "", crs=said["crs"] or 4326
        ) if said["of"] else Position()  # fmt: skip
        header = said.get("header")
        anew = header is not None and header != self.sheet.header
        return msgspec.structs.replace(
            self.sheet, title=said["title"], out=said["out"], columns=columns, position=position,
            header=header if anew else self.sheet.header, anew=anew, notices=[
                one for one in self.sheet.notices if one.code not in AGAIN],
        )  # fmt: skip


# What is told while rows are read is told anew at each reading.
AGAIN = frozenset(("unfit", "missing", "far", "outside", "not_on_earth", "no_position",
                   "local_time", "no_such_time", "century", "formula_error", "midnight",
                   "extra", "short", "invalid_shape"))  # fmt: skip


def _are_valid(*found: forms.Form) -> bool:
    """Whether all are; each is asked, so that all mistakes show at once."""
    return sum(not one.is_valid() for one in found) == 0


@staff("datasets.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def table(request: HttpRequest, number: int, place: int) -> HttpResponse:
    """Correct one table of an upload; it is read again at once."""
    upload = upload_of(number)
    sheets = uploads.sheets_of(upload)
    if place >= len(sheets) or upload.state != Upload.READY:
        raise Http404
    sheet = sheets[place]
    given = request.POST if request.method == "POST" else None
    form = TableForm(sheet, given)
    columns = [ColumnForm(one, n, given) for n, one in enumerate(sheet.columns)]
    if given is not None and _are_valid(form, *columns):
        corrected = form.corrected([one.corrected() for one in columns])
        if corrected.out or corrected.kept:
            record(person(request), "datasets.correct", upload.dataset, table=sheet.name)
            uploads.correct(upload, place, corrected)
            return redirect("open_data-staff:upload", number)
        form.add_error(None, _("Publish one column at least, or leave the table out."))
    wrong = given is not None
    return page(request, "table", upload=upload, sheet=sheet, form=form, columns=columns,
                steps=steps("table", upload.dataset, upload),
                status=422 if wrong else 200)  # fmt: skip
