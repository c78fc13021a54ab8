"""Choose a day and a time, for a new appointment or instead of one that somebody has."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.bookings import links
from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.bookings.wanted import Person
from stadtkern.kernel.formguard import mark_of, sender_of
from stadtkern.kernel.people.access import public
from stadtkern.systems.appointments.logic import limits, proof, times, visits
from stadtkern.systems.appointments.logic.concern import Concern, Offer
from stadtkern.systems.appointments.logic.times import Time
from stadtkern.systems.appointments.models import Office
from stadtkern.systems.appointments.pages import for_case
from stadtkern.systems.appointments.pages.answer import booking_of, gone, language, private
from stadtkern.systems.appointments.pages.home import wanted_of

WEEK = timedelta(days=7)
PER_DAY = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """A day of the strip with the number of its free times."""

    date: date
    free: int
    is_chosen: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """What is asked for, and what is free."""

    concern: Concern
    offers: Sequence[Offer]
    office: Office | None
    found: Sequence[Time]
    day: date

    @property
    def earliest(self) -> Time | None:
        """The first of all."""
        return self.found[0] if self.found else None

    @property
    def strip(self) -> list[Day]:
        """The week of the chosen day; days of the weekend only where something is free."""
        monday = self.day - timedelta(days=self.day.weekday())
        days = [self._day(monday + timedelta(days=n)) for n in range(7)]
        return [one for one in days if one.free or one.date.isoweekday() < 6]

    def _day(self, day: date) -> Day:
        free = len({one.begins for one in self.found if one.day == day})
        return Day(date=day, free=free, is_chosen=day == self.day)

    @property
    def weeks(self) -> list[list[Day]]:
        """All weeks that can be booked, for the calendar."""
        if not self.found:
            return []
        counts: dict[date, set[Any]] = {}
        for one in self.found:
            counts.setdefault(one.day, set()).add(one.begins)
        first = times.today() - timedelta(days=times.today().weekday())
        last = self.found[-1].day
        days = [
            Day(date=first + timedelta(days=n), free=len(counts.get(first + timedelta(days=n), ())),
                is_chosen=first + timedelta(days=n) == self.day)
            for n in range(7 * ((last - first).days // 7 + 1))
        ]  # fmt: skip
        return [days[n : n + 7] for n in range(0, len(days), 7)]

    @property
    def by_office(self) -> list[tuple[Office, list[Time]]]:
        """The free times of the chosen day."""
        mine = [one for one in self.found if one.day == self.day][:PER_DAY]
        mine.sort(key=lambda one: (one.office.weight, one.office.pk))
        return [(office, list(some)) for office, some in groupby(mine, lambda one: one.office)]

    @property
    def before(self) -> date | None:
        """A day of the last earlier week with free times."""
        monday = self.day - timedelta(days=self.day.weekday())
        return next((one.day for one in reversed(self.found) if one.day < monday), None)

    @property
    def after(self) -> date | None:
        """A day of the next later week with free times."""
        monday = self.day - timedelta(days=self.day.weekday()) + WEEK
        return next((one.day for one in self.found if one.day >= monday), None)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Free times of the concern in the address; a POST reserves one of them."""
    concern = wanted_of(request.GET.getlist("s"), request.GET.get("p", ""))
    if concern is None:
        return redirect("appointments:home")
    if request.method == "POST":
        return _reserve(request, concern)
    for_case.remember(request)
    return _show(request, concern)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, token: str) -> HttpResponse:
    """Another time for an appointment that somebody has; it stays until the new one is sure."""
    booking = booking_of(token, "manage")
    visit = visits.visit_of(booking) if booking else None
    if visit is None or visit.concern is None:
        return gone(request)
    if not visit.is_ahead:
        return redirect("appointments:mine", token)
    if request.method == "POST":
        return _move(request, visit, token)
    return _show(request, visit.concern, visit=visit, token=token)


def _show(
    request: HttpRequest, concern: Concern, *, status: int = 200, **said: Any
) -> HttpResponse:
    choice = _choice(request, concern)
    some = any(offer.office.prove for offer in choice.offers)
    form = request.POST.get("form") or secrets.token_urlsafe(12)
    return private(
        request, "times", status=status, choice=choice, concern=concern, form=form,
        challenge=proof.challenge() if some and "visit" not in said else "",
        chosen=request.POST.get("slot", ""), query=urlencode(query_of(concern), doseq=True), **said,
    )  # fmt: skip


def _choice(request: HttpRequest, concern: Concern) -> Choice:
    offers = concern.offers(online=True)
    slug = request.GET.get("o", "")
    mine = [one for one in offers if one.office.slug == slug]
    found = times.free(concern, mine or offers, times.today(), times.ahead(offers))
    return Choice(
        concern=concern, offers=offers, office=mine[0].office if mine else None, found=found,
        day=_day(request.GET.get("d", ""), found),
    )  # fmt: skip


def _day(text: str, found: Sequence[Time]) -> date:
    """The day of the address, else the first with something free."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return found[0].day if found else times.today()


def _taken(request: HttpRequest, concern: Concern) -> tuple[Offer, Any] | None:
    """The slot that was chosen, as our own offer."""
    said = times.read_value(request.POST.get("slot", ""))
    offers = {one.office.slug: one for one in concern.offers(online=True)}
    return (offers[said[0]], said[1]) if said and said[0] in offers else None


def _reserve(request: HttpRequest, concern: Concern) -> HttpResponse:
    chosen = _taken(request, concern)
    if chosen is None:
        return _show(request, concern, problem=_("Please choose a time first."), status=422)
    before = booking_of(request.GET.get("from", ""), "hold")
    try:
        proven = not chosen[0].office.prove or proof.is_proven(request.POST.get("proof", ""))
        most = limits.MOST_HOLDS if proven else limits.MOST_UNPROVEN
        limits.check_sender(mark_of(sender_of(request), "appointments"), most)
        made = visits.hold(
            concern, *chosen, proven=proven, form=request.POST.get("form", "")[:40],
            person=_kept(before),
        )  # fmt: skip
    except Refused as refused:
        return _show(request, concern, problem=str(refused), near=_near(refused, concern),
                     status=409)  # fmt: skip
    for_case.attach(request, made)
    return redirect("appointments:details", links.token(made, "hold"))


def _kept(before: Booking | None) -> Person:
    """What was typed for a slot that was lost goes to the next one."""
    if before is None or before.state not in ("held", "expired"):
        return Person(language=language())
    return visits.person_of(before)


def _move(request: HttpRequest, visit: visits.Visit, token: str) -> HttpResponse:
    assert visit.concern is not None
    chosen = _taken(request, visit.concern)
    if chosen is None:
        return _show(request, visit.concern, visit=visit, token=token, status=422,
                     problem=_("Please choose a time first."))  # fmt: skip
    try:
        visits.move(visit.booking, chosen[0], visit.concern, chosen[1])
    except Refused as refused:
        return _show(request, visit.concern, visit=visit, token=token, problem=str(refused),
                     near=_near(refused, visit.concern), status=409)  # fmt: skip
    messages.success(request, _("Your appointment has a new time."))
    return redirect("appointments:mine", token)


def _near(refused: Refused, concern: Concern) -> list[Time]:
    """The alternatives of a refusal, as times that the form can send."""
    offices = {one.office.resource_id: one.office for one in concern.offers(online=True)}
    return [Time(office=offices[slot.resource], slot=slot)
            for slot in refused.alternatives if slot.resource in offices]  # fmt: skip


def query_of(concern: Concern) -> dict[str, Any]:
    """The part of an address that names a concern."""
    return {"s": [one.slug for one in concern.services], "p": concern.persons}


def again(concern: Concern, booking: Booking) -> str:
    """The address at which another time is chosen for what somebody has typed already."""
    said = {**query_of(concern), "from": links.token(booking, "hold")}
    return f"{reverse('appointments:times')}?{urlencode(said, doseq=True)}"
