"""The guided choice of series: where the effect is to show, and what to compare with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.effects import plan, proposals
from stadtkern.kernel.effects.models import MOST_CONTROLS, Chosen, Intervention
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.things.models import Datastream
from stadtkern.kernel.ui.numbers import figure
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.page import page

MOST_TARGETS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A series that can be chosen, with what speaks for it and against it."""

    stream: Datastream
    place: str
    ticked: bool
    good: list[str]
    bad: list[str]


@staff("effects.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def series(request: HttpRequest, number: int) -> HttpResponse:
    """First the place of the effect (it stands in the address), then the comparisons."""
    one = get_object_or_404(Intervention.objects.prefetch_related("chosen"), pk=number)
    if request.method == "POST":
        return _save(request, one)
    return _ask(request, one)


def _ask(request: HttpRequest, one: Intervention, problem: str = "") -> HttpResponse:
    chosen = {row.datastream_id: row.role for row in one.chosen.all()}
    query = request.POST if request.method == "POST" else request.GET
    wanted = _numbers(query, "target") or [
        pk for pk, role in chosen.items() if role == Chosen.TARGET
    ]
    targets = list(Datastream.objects.public().to_show().filter(pk__in=wanted))
    kept = chosen if wanted and set(wanted) <= set(chosen) else {}
    return page(
        request,
        "effects/series",
        one=one,
        problem=problem,
        targets=targets,
        offered=_targets(one, wanted),
        controls=_controls(one, targets, kept),
        weather=_weather(one, kept),
        most=MOST_CONTROLS,
        map_query="&".join(f"target={stream.pk}" for stream in targets),
        status=422 if problem else 200,
    )


def _save(request: HttpRequest, one: Intervention) -> HttpResponse:
    targets = _numbers(request.POST, "target")[:MOST_TARGETS]
    known = set(
        Datastream.objects.public()
        .filter(pk__in=[*targets, *_numbers(request.POST, "control"),
                        *_numbers(request.POST, "weather")])
        .values_list("pk", flat=True)
    )  # fmt: skip
    chosen: dict[int, str] = {}
    for role in (Chosen.WEATHER, Chosen.CONTROL, Chosen.TARGET):
        chosen.update({pk: role for pk in _numbers(request.POST, role) if pk in known})
    streams = list(Datastream.objects.public().to_show().filter(pk__in=targets))
    facts = {row.stream.pk: row.facts.as_dict() for row in proposals.controls(one, streams)}
    try:
        plan.choose(one, chosen, facts, person(request))
    except plan.Refused as problem:
        return _ask(request, one, str(problem))
    messages.success(request, _("The series are chosen."))
    return redirect("staff-effects-one", one.pk)


def _numbers(query: QueryDict, name: str) -> list[int]:
    given = query.getlist(name)[:100]
    return [int(one) for one in given if one.isascii() and one.isdecimal() and len(one) < 18]


def _place(stream: Datastream) -> str:
    return stream.thing.place.title if stream.thing.place else stream.thing.name


def _targets(one: Intervention, wanted: Sequence[int]) -> list[Row]:
    return [
        Row(
            stream=stream, place=_place(stream), ticked=stream.pk in wanted, bad=[],
            good=[] if metres is None else [_far(metres)],
        )
        for stream, metres in proposals.targets(one)
    ]  # fmt: skip


def _controls(
    one: Intervention, targets: Sequence[Datastream], chosen: Mapping[int, str]
) -> list[Row]:
    return [
        Row(
            stream=row.stream, place=_place(row.stream), good=_for(row.facts),
            bad=_against(row.facts),
            ticked=chosen[row.stream.pk] == Chosen.CONTROL
            if row.stream.pk in chosen
            else row.proposed and not chosen,
        )
        for row in proposals.controls(one, targets)
    ]  # fmt: skip


def _weather(one: Intervention, chosen: Mapping[int, str]) -> list[Row]:
    return [
        Row(
            stream=stream, place=_place(stream), good=[_measured(known)], bad=[],
            ticked=chosen.get(stream.pk) == Chosen.WEATHER,
        )
        for stream, known in proposals.weather(one)
    ]  # fmt: skip


def _for(facts: proposals.Facts) -> list[str]:
    said = [_("measures the same")]
    if facts.alike is not None and facts.alike >= proposals.ALIKE:
        said.append(_("moved alike before (%(value)s)") % {"value": figure(facts.alike, 2)})
    if facts.known >= proposals.KNOWN:
        said.append(_measured(facts.known))
    if facts.metres is not None and not facts.near:
        said.append(_far(facts.metres))
    return said


def _against(facts: proposals.Facts) -> list[str]:
    said = []
    if facts.alike is None:
        said.append(_("too little is known from before"))
    elif facts.alike < proposals.ALIKE:
        said.append(_("moved differently before (%(value)s)") % {"value": figure(facts.alike, 2)})
    if facts.known < proposals.KNOWN:
        said.append(_measured(facts.known))
    if facts.near and facts.metres is not None:
        said.append(_("so near that the measure may act there too: %(far)s")
                    % {"far": _far(facts.metres)})  # fmt: skip
    if facts.own:
        said.append(_("has a measure of its own: %(title)s") % {"title": facts.own})
    if facts.changed:
        said.append(_("its sensor was changed or moved"))
    return said


def _far(metres: float) -> str:
    if metres < 950:
        return _("%(metres)s m away") % {"metres": figure(round(metres, -1))}
    return _("%(kilometres)s km away") % {"kilometres": figure(metres / 1000, 1)}


def _measured(share: float) -> str:
    return _("measured in %(share)s %% of the weeks") % {"share": figure(100 * share)}


def candidates(one: Intervention, query: QueryDict) -> dict[str, list[Any]]:
    """The places of the targets and of what could be compared, for the map."""
    wanted = _numbers(query, "target")
    targets = list(Datastream.objects.public().to_show().filter(pk__in=wanted))
    found = proposals.controls(one, targets)
    return {
        "target": targets,
        "proposed": [row.stream for row in found if row.proposed],
        "other": [row.stream for row in found if not row.proposed],
    }
