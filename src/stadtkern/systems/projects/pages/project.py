"""The page of a project, and the same as a preview of what staff work on."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stadtkern.kernel import registry
from stadtkern.kernel.contract import Reading
from stadtkern.kernel.effects.models import Intervention
from stadtkern.kernel.people.access import public
from stadtkern.kernel.sharing import one_page
from stadtkern.systems.projects import drafts, finding, live, locations
from stadtkern.systems.projects.content import THEMES, Content, Indicator
from stadtkern.systems.projects.finding import Entry
from stadtkern.systems.projects.models import Project
from stadtkern.systems.projects.templatetags.projects import said

OPEN_TAG = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A step of the time line."""

    when: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """One figure: the newest first, earlier ones behind it; or what is told live."""

    newest: Indicator
    earlier: Sequence[Indicator]
    reading: Reading | None


@public
@require_safe
@one_page()
def project(request: HttpRequest, slug: str) -> HttpResponse:
    """A public project."""
    everything = finding.public()
    one = next((entry for entry in everything if entry.slug == slug), None)
    if one is None:
        raise Http404
    context = shown(request, one)
    context["related"] = finding.related(one, everything)
    context["json_ld"] = _json_ld(request, one)
    return render(request, "projects/project.html", context)


@public
@require_safe
@one_page()
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """What staff work on, for whoever has the link; no search engine keeps it."""
    found = get_object_or_404(Project, token=token)
    context = {**shown(request, drafts.entry(found)), "preview": True, "token": token}
    context["layers_url"] = f"{reverse('projects:map-layers')}?preview={token}"
    answer = render(request, "projects/project.html", context)
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex"
    return answer


def shown(request: HttpRequest, one: Entry) -> dict[str, Any]:
    """What the page says of a project."""
    told = one.content
    figures = list(_figures(told))
    streams = {s for each in figures if each.reading for s in each.reading.datastreams}
    return {
        "one": one,
        "told": told,
        "themes": [(key, THEMES[key]) for key in told.themes],
        "steps": _steps(told),
        "figures": [each for each in figures if not each.newest.live],
        "live": [each for each in figures if each.newest.live],
        "datastreams": sorted(streams),
        "news": sorted(told.news, key=lambda each: each.day, reverse=True),
        "systems": _systems(told.systems),
        "measures": _measures(told.measures),
        "bounds": locations.bounds(told.spots),
        "layers_url": f"{reverse('projects:map-layers')}?project={one.slug}",
        "address": request.build_absolute_uri(request.path),
    }


def _steps(told: Content) -> list[Step]:
    """Beginning, steps and end in order; a day sorts within its month, a month within its year."""
    steps = [Step(when=each.when, text=said(each, "text")) for each in told.milestones]
    days = {each.when for each in told.milestones}
    if told.begins and told.begins not in days:
        steps.append(Step(when=told.begins, text=_("Beginning")))
    if told.ends and told.ends not in days:
        steps.append(Step(when=told.ends, text=_("End")))
    steps += [Step(when=each.day.isoformat(), text=said(each, "title")) for each in told.news]
    return sorted(steps, key=lambda step: step.when)


def _figures(told: Content) -> Iterator[Figures]:
    """Figures of one name stand together."""
    readings = live.readings(told.indicators)
    order = {title: i for i, title in enumerate(dict.fromkeys(i.title for i in told.indicators))}
    by_name = sorted(told.indicators, key=lambda i: order[i.title])
    for _title, group in groupby(by_name, key=lambda i: i.title):
        newest, *earlier = sorted(group, key=lambda i: i.as_of, reverse=True)
        yield Figures(newest=newest, earlier=earlier, reading=readings.get(newest.live))


def _systems(slugs: Sequence[str]) -> list[tuple[Any, str]]:
    """Systems that are on, with their first page."""
    active = {system.slug: system for system in registry.active()}
    found = []
    for system in (active[slug] for slug in slugs if slug in active):
        names = [n.to for n in system.nav if n.audience == "public"]
        names += [service.page for service in system.services]
        if address := _address(names):
            found.append((system, address))
    return found


def _address(names: Sequence[str]) -> str:
    try:
        return reverse(names[0]) if names else ""
    except NoReverseMatch:
        return ""


def _measures(slugs: Sequence[str]) -> list[Intervention]:
    """Published measures whose effect the dashboard shows."""
    return list(Intervention.objects.public().filter(slug__in=slugs)) if slugs else []


def _json_ld(request: HttpRequest, one: Entry) -> SafeString:
    """schema.org `Project`, as text that cannot end its script element."""
    told, city = one.content, registry.city().city
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Project",
        "name": one.title,
        "description": said(told, "summary"),
        "url": request.build_absolute_uri(request.path),
        "foundingDate": told.begins,
        "dissolutionDate": told.ends if told.status == "finished" else "",
        "parentOrganization": {"@type": "GovernmentOrganization", "name": city.name},
        "member": [{"@type": "Organization", "name": p.name, **({"url": p.url} if p.url else {})}
                   for p in told.partners],
        "funder": [{"@type": "Organization", "name": f.who} for f in told.funding],
        "location": _locations(told),
        "inLanguage": [code for code, _title in settings.LANGUAGES],
    }  # fmt: skip
    text = json.dumps({k: v for k, v in data.items() if v}, ensure_ascii=False)
    return mark_safe(text.translate(OPEN_TAG))  # noqa: S308  its angle brackets are escaped


def _locations(told: Content) -> list[dict[str, Any]]:
    found = []
    for spot in told.spots:
        place: dict[str, Any] = {"@type": "Place", "name": said(spot, "name")}
        if spot.address:
            place["address"] = spot.address
        if spot.lon is not None:
            place["geo"] = {"@type": "GeoCoordinates", "longitude": spot.lon, "latitude": spot.lat}
        found.append(place)
    return found
