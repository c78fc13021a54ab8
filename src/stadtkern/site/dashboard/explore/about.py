"""Where a number comes from: its source, its time, its method; one click from each tile."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from stadtkern.kernel.people.access import public
from stadtkern.kernel.things.models import Datastream
from stadtkern.kernel.things.quality import judge
from stadtkern.site.dashboard import readings
from stadtkern.site.dashboard.explore.picker import place_of
from stadtkern.site.dashboard.explore.view import numbers, seen
from stadtkern.site.dashboard.readings import Value

MOST = 60
CHECKED: dict[str, str | Promise] = {
    "range": _("values outside of what can be"),
    "spike": _("sudden jumps"),
    "flat": _("values that do not move"),
    "late": _("values that come late"),
    "repeat": _("values sent twice"),
    "neighbours": _("values unlike those of stations nearby"),
    "humidity": _("humidity that cannot be"),
}


@dataclass(frozen=True, kw_only=True)
class Origin:
    """A series and where its numbers come from."""

    value: Value
    place: str
    checks: tuple[str | Promise, ...]
    public_place: Any


@public
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Source, time and method of the series that the address names; three queries for all."""
    wanted = numbers(request.GET)[:MOST]
    found = seen().in_bulk(wanted)
    streams = [found[number] for number in wanted if number in found]
    checks = _checks(streams)
    shown = [
        Origin(
            value=readings.value(one), place=place_of(one),
            checks=tuple(CHECKED.get(kind, kind) for kind in checks.get(one.pk, ())),
            public_place=one.thing.place,
        )
        for one in streams
    ]  # fmt: skip
    return render(
        request, "site/explore/about.html", {"origins": shown}, status=200 if shown else 404
    )


def _checks(streams: list[Datastream]) -> dict[int, list[str]]:
    """The kinds of checks that look at each of them."""
    found: dict[int, list[str]] = {}
    for kind, settings in judge.settings_of(one.pk for one in streams).items():
        for number in settings:
            found.setdefault(number, []).append(kind)
    return found
