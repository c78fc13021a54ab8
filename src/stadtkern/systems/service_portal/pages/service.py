"""One service: what it is, what to bring, what it costs, who does it, and the way to it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from stadtkern.kernel import registry
from stadtkern.kernel.cases.catalogue import helpful as counts
from stadtkern.kernel.cases.catalogue import state
from stadtkern.kernel.cases.catalogue.situations import BY_SLUG
from stadtkern.kernel.cases.catalogue.state import Way
from stadtkern.kernel.cases.catalogue.texts import Told, told
from stadtkern.kernel.cases.models import Helpful, Service
from stadtkern.kernel.identity.trust import TITLES, Trust
from stadtkern.kernel.people.access import public
from stadtkern.kernel.people.models import Department
from stadtkern.kernel.ui import structured
from stadtkern.systems.service_portal.pages.answer import language, neighbour, page


@public
@require_safe
def service(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything about it; the way online is what is really live."""
    one = _shown(slug)
    way = state.way_of(one)
    modules = told(one, language())
    thanked = request.GET.get("said", "") in Helpful.ANSWERS
    return page(
        request, "service", service=one, way=way, begin=_begin(way), modules=modules,
        visit=neighbour("appointments", "concern", one.appointment) if one.appointment else "",
        office=_office(one.department), level=_needed(one, way), thanked=thanked,
        situations=[BY_SLUG[slug] for slug in one.situations if slug in BY_SLUG],
        foreign=any(module.foreign for module in modules), answers=Helpful.ANSWERS,
        forum=neighbour("digital_forum", "home"),
        structured=structured.script(_facts(request, one, way, modules)),
    )  # fmt: skip


@public
@require_POST
def helpful(request: HttpRequest, slug: str) -> HttpResponse:
    """Count one answer; nothing else is kept."""
    one = _shown(slug)
    answer = request.POST.get("answer", "")
    counts.say(one, answer)
    return redirect(f"{reverse('service_portal:service', args=[one.slug])}?said={answer}#helpful")


def _shown(slug: str) -> Service:
    rows = Service.objects.filter(active=True).select_related("department__parent")
    return get_object_or_404(rows, slug=slug)


def _begin(way: Way) -> str:
    """The address at which it begins; empty where it goes only in person or in writing."""
    return reverse("service_portal:begin", args=[way.form]) if way.form else way.url


def _needed(one: Service, way: Way) -> str:
    """The level of trust in words, of the form where there is one; empty: none is needed."""
    level = one.level if way.level is None else way.level
    return str(TITLES[Trust(level)]) if level else ""


def _office(department: Department | None) -> dict[str, str]:
    """How to reach who is responsible; what is not known of a part is that of the whole."""
    if department is None:
        return {}
    whole = department.parent
    found = {
        name: getattr(department, name) or (getattr(whole, name) if whole else "")
        for name in ("address", "phone", "email", "url")
    }
    english = department.title_en if language() == "en" else ""
    return {**found, "title": english or department.title}


def _facts(
    request: HttpRequest, one: Service, way: Way, modules: list[Told]
) -> dict[str, Any]:  # fmt: skip
    """schema.org GovernmentService."""
    office = _office(one.department)
    city = registry.city().city.name
    channel = {"@type": "ServiceChannel", "serviceUrl": request.build_absolute_uri(_begin(way))}
    return {
        "@type": "GovernmentService",
        "name": one.name,
        "description": one.about,
        "serviceType": one.name,
        "url": request.build_absolute_uri(request.path),
        "areaServed": {"@type": "City", "name": city},
        "provider": {
            "@type": "GovernmentOrganization", "name": office.get("title") or city,
            "telephone": office.get("phone", ""), "address": office.get("address", ""),
        },
        "availableChannel": channel if _begin(way) else None,
        "termsOfService": " ".join(m.lines[0] for m in modules if m.key == "who"),
    }  # fmt: skip
