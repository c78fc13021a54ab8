"""Choose a concern: by everyday words, by life situation; what to bring to it; an office."""

from collections import defaultdict

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from stadtkern.kernel.people.access import public
from stadtkern.systems.appointments.logic import finding, nearby, openings
from stadtkern.systems.appointments.logic.concern import MOST_SERVICES, Concern, concern_of
from stadtkern.systems.appointments.models import SITUATIONS, Office, Service
from stadtkern.systems.appointments.pages import for_case
from stadtkern.systems.appointments.pages.answer import page


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """All concerns by life situation, or those that fit the words."""
    words = request.GET.get("q", "").strip()[:100]
    offered = list(Service.objects.filter(active=True, offers__online=True).distinct())
    found = finding.find(words, offered) if words else []
    groups: dict[str, list[Service]] = defaultdict(list)
    for one in offered:
        groups[one.situation].append(one)
    listed = [(key, title, groups[key]) for key, title in SITUATIONS.items() if groups[key]]
    offices = Office.objects.open()
    return page(request, "home", words=words, found=found, groups=listed, offices=offices)


@public
@require_safe
def concern(request: HttpRequest, slug: str) -> HttpResponse:
    """What to bring, the fee, whether it can be done online; more persons and concerns."""
    wanted = wanted_of([slug, *request.GET.getlist("s")], request.GET.get("p", ""))
    if wanted is None:
        raise Http404
    for_case.remember(request)
    chosen = {one.slug for one in wanted.services}
    offers = wanted.offers(online=True)
    more = Service.objects.filter(active=True, offers__online=True).exclude(slug__in=chosen)
    return page(
        request, "concern", concern=wanted, main=wanted.services[0], offers=offers,
        more=more.distinct() if len(chosen) < MOST_SERVICES else (),
        persons=range(1, wanted.most_persons + 1),
    )  # fmt: skip


def wanted_of(slugs: list[str], persons: str) -> Concern | None:
    """The concern that an address names."""
    number = int(persons) if persons.isascii() and persons.isdecimal() and len(persons) < 4 else 1
    return concern_of([slug for slug in slugs if slug], number)


@public
@require_safe
def office(request: HttpRequest, slug: str) -> HttpResponse:
    """Where an office is, when it is open, and what can be booked there."""
    found = get_object_or_404(Office.objects.open(), slug=slug)
    services = Service.objects.filter(active=True, offers__office=found, offers__online=True)
    return page(
        request, "office", office=found, place=found.resource.place, services=services,
        hours=openings.lines(openings.rules_of(found)), stops=nearby.stops(found.resource.place),
    )  # fmt: skip
