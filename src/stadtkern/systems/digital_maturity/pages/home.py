"""The overall picture for everybody, and the list of services behind it."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stadtkern.kernel.people.access import public
from stadtkern.kernel.ui.shapes import Line
from stadtkern.systems.digital_maturity import assessing, picture
from stadtkern.systems.digital_maturity import definition as documents
from stadtkern.systems.digital_maturity.definition import Definition
from stadtkern.systems.digital_maturity.listing import PER_PAGE, Filters
from stadtkern.systems.digital_maturity.models import MaturityModel

SHOWN_PACKAGES = 3


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Both distributions, offices, the way so far, and every service."""
    model = assessing.current_model()
    if model is None:
        return render(request, "digital_maturity/empty.html")
    return render(request, "digital_maturity/home.html", _said(request, model))


def _said(request: HttpRequest, model: MaturityModel) -> dict[str, Any]:
    definition = documents.read(model.definition)
    rows = picture.standings(model)
    filters = Filters(request.GET or None, rows, definition)
    found = filters.passing(rows) if request.GET else rows
    goal = definition.conformity
    told = picture.distribution(rows, definition)
    return {
        "model": model, "definition": definition, "told": told,
        "reached": told.reached(goal) if goal is not None else None,
        "offices": picture.by_office(rows, definition),
        "packages": picture.packages(rows, definition)[:SHOWN_PACKAGES],
        "lines": lines(model, definition), "filters": filters,
        "listed": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "filtered": len(found) != len(rows), "invented": any(one.invented for one in rows),
        "stale": sum(one.stale for one in rows),
        "as_of": max((one.completed for one in rows if one.completed), default=None),
    }  # fmt: skip


def lines(model: MaturityModel, definition: Definition) -> list[Line]:
    """How many were measured and how many meet the law, month by month; none with one point."""
    if definition.conformity is None:
        return []
    past = picture.history(model, definition.conformity)
    if len(past) < 2:
        return []
    return [
        Line(name=_("assessed"), unit=_("city services"), decimals=0,
             points=tuple((at, float(every)) for at, every, _held in past)),
        Line(name=_("level %(level)d or higher") % {"level": definition.conformity}, decimals=0,
             unit=_("city services"), points=tuple((at, float(held)) for at, _all, held in past)),
    ]  # fmt: skip
