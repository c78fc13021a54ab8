"""One datastream: its last days, what is in doubt, and what people know about it."""

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.things import series
from stadtkern.kernel.things.models import Datastream, Mark
from stadtkern.kernel.things.quality.flags import reasons_in
from stadtkern.kernel.things.quality.scope import loaded
from stadtkern.kernel.ui.shapes import Line
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.page import page
from stadtkern.site.staff.quality.marks import AgainForm, MarkForm
from stadtkern.site.staff.quality.overview import NAMES

DRAWN = timedelta(days=7)
LISTED = 1_000
_DOUBTED = """
select o.id, o.at, o.value, o.quality, o.extra -> 'resultQuality' from things_observation o
where o.datastream_id = %s and o.quality >= 1 and o.value is not null
order by o.at desc, o.id desc limit %s
"""


@staff("things.see")
def stream(request: HttpRequest, number: int) -> HttpResponse:
    """Its chart, its doubtful observations, its marks and its own checks."""
    one = get_object_or_404(
        Datastream.objects.select_related("thing__place", "observed_property"), pk=number
    )
    doubted = _doubted(number)
    now = clock.now()
    return page(
        request,
        "quality_stream",
        stream=one,
        lines=_lines(one),
        doubted=Paginator(doubted, 50).get_page(request.GET.get("page")),
        more=len(doubted) == LISTED,
        marks=Mark.objects.filter(datastream=one),
        checks=one.checks.all(),
        mark_form=MarkForm(initial={"start": now - timedelta(hours=1), "end": now}),
        again_form=AgainForm(initial={"start": now - DRAWN, "end": now}),
        names=NAMES,
        may_edit=person(request).may("things.edit"),
    )


def _doubted(number: int) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_DOUBTED, [number, LISTED])
        return [
            {
                "at": at,
                "value": value,
                "grade": quality,
                "reasons": reasons_in(loaded(kept), quality) or [],
                "said": loaded(kept) if reasons_in(loaded(kept), quality) is None else None,
            }
            for _number, at, value, quality, kept in cursor.fetchall()
        ]


def _lines(one: Datastream) -> list[Line]:
    end = clock.now()
    found = series.series([one.pk], end - DRAWN, end, 600)
    points = [*zip(found.times, found.lines[0].mean, strict=True)]
    return [Line(name=_("Value"), unit=one.unit_symbol or "", points=points, decimals=one.decimals)]
