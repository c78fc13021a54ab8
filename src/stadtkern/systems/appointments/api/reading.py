"""Concerns, offices and free times, for every program."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse

from stadtkern.systems.appointments.api.door import Wrong, answer, door
from stadtkern.systems.appointments.datasets import office_rows
from stadtkern.systems.appointments.logic import times
from stadtkern.systems.appointments.logic.concern import Concern, concern_of
from stadtkern.systems.appointments.models import Service

# Free times of at most so many days in one answer.
MOST_DAYS = 31


@door("GET", open_to_all=True)
def services(request: HttpRequest) -> HttpResponse:
    """What can be booked online, with the offices that serve it."""
    rows = Service.objects.filter(active=True, offers__online=True).distinct()
    rows = rows.prefetch_related("offers__office")
    return answer({"services": [_service(one) for one in rows]})


def _service(one: Service) -> dict[str, object]:
    return {
        "id": one.slug, "name": {"de": one.name, "en": one.name_en or one.name},
        "about": {"de": one.about, "en": one.about_en or one.about},
        "bring": {"de": one.bring.splitlines(), "en": (one.bring_en or one.bring).splitlines()},
        "situation": one.situation, "minutes": one.minutes, "extra_minutes": one.extra_minutes,
        "most_persons": one.most_persons, "fee_cents": one.fee_cents,
        "fee_source": one.fee_source, "online_url": one.online_url,
        "offices": [offer.office.slug for offer in one.offers.all() if offer.online],
    }  # fmt: skip


@door("GET", open_to_all=True)
def offices(request: HttpRequest) -> HttpResponse:
    """Where offices are, and when they open."""
    return answer({"offices": list(office_rows())})


@door("GET", open_to_all=True)
def free_times(request: HttpRequest) -> HttpResponse:
    """`?service=…&service=…&persons=2&from=2026-11-24&to=2026-11-30&office=…`: what is free."""
    wanted = concern_from(request.GET.getlist("service"), request.GET.get("persons", "1"))
    first = _day(request.GET.get("from", ""), "from") or times.today()
    last = _day(request.GET.get("to", ""), "to") or first + timedelta(days=6)
    if not timedelta(0) <= last - first < timedelta(days=MOST_DAYS):
        raise Wrong("to", f"ask for 1 to {MOST_DAYS} days")
    offers = wanted.offers(online=True)
    if slug := request.GET.get("office", ""):
        offers = [one for one in offers if one.office.slug == slug]
    found = times.free(wanted, offers, first, last)
    minutes = {one.office.slug: one.minutes for one in offers}
    told = [
        {"office": one.office.slug, "begins": one.begins, "free": one.slot.free} for one in found
    ]
    return answer({"minutes": minutes, "times": told})


def concern_from(slugs: list[str], persons: str) -> Concern:
    """What is asked for. Raises Wrong."""
    if not (persons.isascii() and persons.isdecimal() and 0 < int(persons[:4]) <= 20):
        raise Wrong("persons", "send a number from 1 to 20")
    found = concern_of(slugs, int(persons))
    if found is None:
        raise Wrong("service", "name services of /api/appointments/services", 404)
    if found.persons != int(persons):
        raise Wrong("persons", f"at most {found.most_persons} come in one appointment")
    return found


def _day(text: str, field: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Wrong(field, "write the day as 2026-11-24") from None
