"""One proposal: the row around it, a chart or a map of before and after, and the decision."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel.catalogue.columns import geometry_of
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.ui.shapes import Line
from stadtkern.systems.data_improvement import deciding, examining, wording
from stadtkern.systems.data_improvement.finding.frame import instant
from stadtkern.systems.data_improvement.models import Examination, Proposal
from stadtkern.systems.data_improvement.staff.answer import page, person
from stadtkern.systems.data_improvement.staff.examination import (
    STATES,
    ReasonForm,
    bounds_of,
    found,
    row_of,
)

CELLS, AROUND, MOST = 200, 60, 1500
GEOJSON = "application/geo+json"


@staff("data_improvement.see")
@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: HttpRequest, number: int, place: int) -> HttpResponse:
    """How it stands; deciding it leads to the next one that is open."""
    one = get_object_or_404(
        Proposal.objects.select_related("examination__dataset", "examination__resource"),
        examination=number, number=place,
    )  # fmt: skip
    form = ReasonForm()
    if request.method == "POST" and person(request).may("data_improvement.decide"):
        form = ReasonForm(request.POST)
        if (answer := _decided(request, one, form)) is not None:
            return answer
    return _shown(request, one, form)


def _decided(request: HttpRequest, one: Proposal, form: ReasonForm) -> HttpResponse | None:
    """Where it leads; None where the reason is missing."""
    deed = request.POST.get("do", "")
    if deed not in STATES or not form.is_valid():
        return None
    reason = form.cleaned_data["reason"].strip()
    if deed == "refuse" and not reason:
        form.add_error("reason", _("Say in a few words why you refuse."))
        return None
    chosen = Proposal.objects.filter(pk=one.pk)
    deciding.decide(person(request), one.examination, chosen, STATES[deed], reason=reason)
    following = _open(one, forward=True) or _open(one, forward=False)
    if deed == "reopen" or following is None:
        messages.success(request, _("Decided."))
        return redirect("data_improvement-staff:proposal", one.examination_id, one.number)
    return redirect("data_improvement-staff:proposal", one.examination_id, following)


def _open(one: Proposal, *, forward: bool) -> int | None:
    """The next undecided proposal, or the first one of all."""
    rows = one.examination.proposals.open().exclude(pk=one.pk)
    if forward:
        rows = rows.filter(number__gt=one.number)
    return rows.values_list("number", flat=True).first()


def _shown(request: HttpRequest, one: Proposal, form: ReasonForm) -> HttpResponse:
    columns, rows = examining.columns_of(one.examination), examining.rows_of(one.examination)
    titles = {column.slug: column.title or column.slug for column in columns}
    touched = {(cell[0], cell[1]): cell for cell in one.cells}
    record: list[Any] = []
    if one.cells and one.action in ("set", "drop") and len({c[0] for c in one.cells}) == 1:
        number = one.cells[0][0]
        for column, value in zip(columns, rows[number - 1], strict=True):
            cell = touched.get((number, column.slug)) if one.action == "set" else None
            record.append((column.title or column.slug, wording.value(value),
                           wording.value(cell[3]) if cell else None))  # fmt: skip
    neighbours = one.examination.proposals
    return page(
        request, "proposal", one=one, told=row_of(one, titles), record=record,
        cells=[(c[0], wording.value(c[2]), wording.value(c[3])) for c in one.cells[:CELLS]],
        lines=list(_lines(one, columns, rows)), form=form, twin=_twin(one, columns, rows),
        errors=_errors(one), status=422 if form.errors else 200,
        before=neighbours.filter(number__lt=one.number).order_by("-number").first(),
        following=neighbours.filter(number__gt=one.number).first(),
        bounds=bounds_of(one.examination),
        left=neighbours.open().count(), has_map=_has_map(one, columns),
    )  # fmt: skip


def _has_map(one: Proposal, columns: list[Any]) -> bool:
    shape = geometry_of(tuple(columns))
    return shape is not None and one.kind in ("position", "duplicate", "postcode")


def _errors(one: Proposal) -> list[tuple[str, float, bool]]:
    """How much each method erred on hidden values, the best first."""
    told = one.parameters.get("errors", {})
    named = [(name, told[name]) for name in sorted(told, key=lambda name: float(told[name]))]
    return [
        (_("always the usual value") if name == "typical" else wording.method(name), error,
         name == one.method)
        for name, error in named
    ]  # fmt: skip


def _twin(one: Proposal, columns: list[Any], rows: list[Any]) -> list[tuple[str, str, str]]:
    """The row that this one doubles, cell by cell beside it."""
    if one.kind != "duplicate" or not one.cells:
        return []
    mine, other = rows[one.cells[0][0] - 1], rows[int(one.said["row"]) - 1]
    return [
        (column.title or column.slug, wording.value(a), wording.value(b))
        for column, a, b in zip(columns, other, mine, strict=True)
    ]


def _lines(one: Proposal, columns: list[Any], rows: list[Any]) -> Iterator[Line]:
    """Before and after of a stretch of measurements, with some room around it."""
    if one.action != "fill" or not one.cells:
        return
    time = next((n for n, c in enumerate(columns) if c.kind in ("datetime", "date")), None)
    place = next((n for n, c in enumerate(columns) if c.slug == one.column), None)
    if time is None or place is None:
        return
    new = {cell[0]: cell[3] for cell in one.cells}
    # Rows need not be in order of time.
    ordered = sorted(range(len(rows)), key=lambda index: str(rows[index][time]))
    where = [n for n, index in enumerate(ordered) if index + 1 in new]
    around = max(AROUND, (where[-1] - where[0]) // 2)
    shown = ordered[max(0, where[0] - around) : where[-1] + around + 1][:MOST]
    before, after = [], []
    zone = timezone.get_current_timezone()
    for index in shown:
        at = instant(rows[index][time], zone)
        if at is None:
            continue
        before.append((at, rows[index][place]))
        after.append((at, new.get(index + 1)))
    unit = columns[place].unit
    yield Line(name=_("As measured"), unit=unit, points=tuple(before), decimals=1)
    if any(value is not None for _at, value in after):
        yield Line(name=_("Proposed"), unit=unit, points=tuple(after), decimals=1)


@staff("data_improvement.see")
@require_safe
def layers(request: HttpRequest, number: int) -> JsonResponse:
    """The map of an examination: one layer."""
    one = found(number)
    query = request.GET.urlencode()
    address = reverse("data_improvement-staff:points", args=[one.pk])
    legend = [{"state": "tight", "title": _("as it is")}, {"state": "good", "title": _("proposed")}]
    layer = {"slug": "proposals", "title": _("Proposals"), "theme": "", "minZoom": 0,
             "legend": legend, "url": f"{address}?{query}" if query else address}  # fmt: skip
    return JsonResponse({"layers": [layer], "credit": one.dataset.publisher.name})


@staff("data_improvement.see")
@require_safe
def points(request: HttpRequest, number: int) -> JsonResponse:
    """Where the proposals lie: before and after."""
    one = get_object_or_404(Examination, pk=number)
    proposals = one.proposals.filter(kind__in=("position", "duplicate", "postcode"))
    if (asked := request.GET.get("number", "")).isdecimal() and len(asked) < 10:
        proposals = proposals.filter(number=int(asked))
    shape = geometry_of(tuple(examining.columns_of(one)))
    made: list[Any] = []
    if shape is not None:
        place = [column.slug for column in examining.columns_of(one)].index(shape.slug)
        rows = examining.rows_of(one)
        for proposal in proposals[:MOST]:
            made += _pins(proposal, rows, place, shape.slug)
    return JsonResponse({"type": "FeatureCollection", "features": made}, content_type=GEOJSON)


def _pins(one: Proposal, rows: list[Any], place: int, slug: str) -> Iterator[dict[str, Any]]:
    for row in sorted({cell[0] for cell in one.cells}):
        shape = rows[row - 1][place]
        new = next((c[3] for c in one.cells if c[0] == row and c[1] == slug), None)
        for state, geometry in (("tight", shape), ("good", new)):
            if isinstance(geometry, dict) and _on_earth(geometry):
                yield _pin(one, state, geometry)


def _on_earth(geometry: dict[str, Any]) -> bool:
    if geometry.get("type") != "Point":
        return False
    lon, lat = geometry["coordinates"][:2]
    return bool(-180 <= lon <= 180 and -85 <= lat <= 85)


def _pin(one: Proposal, state: str, geometry: dict[str, Any]) -> dict[str, Any]:
    page_of = reverse("data_improvement-staff:proposal", args=[one.examination_id, one.number])
    return {
        "type": "Feature", "id": f"{one.number}-{state}", "geometry": geometry,
        "properties": {
            "name": wording.kind(one.kind), "url": page_of, "panel_url": "", "state": state,
            "label": "", "text": wording.reason(one), "share": None, "at": None, "stale": False,
            "small": True, "datastreams": [],
        },
    }  # fmt: skip
