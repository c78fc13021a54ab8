"""From a free time to a booking in two pages: choose a time, say who comes."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel.bookings import links
from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.bookings.slots import Slot
from stadtkern.kernel.bookings.wanted import Person
from stadtkern.kernel.formguard import GuardedForm, mark_of, sender_of
from stadtkern.kernel.people.access import public
from stadtkern.systems.digital_forum.logic import booking
from stadtkern.systems.digital_forum.logic.booking import Offer
from stadtkern.systems.digital_forum.models import REASONS
from stadtkern.systems.digital_forum.pages.answer import language, private

# An instant in an address: minutes since 1970 (RFC 3339 would need escaping).
MINUTE = 60


class Details(GuardedForm):
    """Who comes, why, and how to reach them; as little as is needed."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=60,
        help_text=gettext_lazy("So that we can call you. Your first name is enough."),
        widget=forms.TextInput({"autocomplete": "given-name"}),
    )  # fmt: skip
    reason = forms.ChoiceField(
        label=gettext_lazy("What is it about?"), choices=list(REASONS.items())
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), required=False,
        help_text=gettext_lazy("For the confirmation and a reminder. You need not tell it: "
                               "then note down the code."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )  # fmt: skip
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    @property
    def shown(self) -> list[forms.BoundField]:
        """The fields that people fill in."""
        return [one for one in super().shown if one.name != "key"]


def offered(what: str) -> Offer:
    """The offer of an address. Raises Http404."""
    one = booking.offer(what)
    if one is None:
        raise Http404
    return one


def minute_of(slot: Slot) -> int:
    """A slot's beginning as it stands in addresses."""
    return int(slot.begins.timestamp()) // MINUTE


def instant(minute: int) -> datetime:
    """The beginning that an address names. Raises Http404: beyond the calendar."""
    try:
        return datetime.fromtimestamp(minute * MINUTE, UTC)
    except (OverflowError, ValueError, OSError):
        raise Http404 from None


def choice(request: HttpRequest, one: Offer) -> dict[str, Any]:
    """Days with free times, and those of the chosen day."""
    found = booking.free(one)
    days = booking.days(found)
    asked = parse_date(request.GET.get("d", "")) if request.GET.get("d", "").isascii() else None
    known = [day for day, _n in days]
    day = asked if asked in known else (known[0] if known else None)
    times = [(slot, minute_of(slot)) for slot in found if slot.begins.date() == day]
    return {"days": days, "day": day, "times": times, "offer": one}


@public
@never_cache
@require_safe
def times(request: HttpRequest, what: str) -> HttpResponse:
    """Free times of one offer."""
    return private(request, "times", **choice(request, offered(what)))


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest, what: str, minute: int) -> HttpResponse:
    """The few things we need, then it is booked; pressing twice books once."""
    one, begins = offered(what), instant(minute)
    form = Details(request.POST if request.method == "POST" else None,
                   initial={"key": uuid4().hex})  # fmt: skip
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        person = Person(name=said["name"], email=said["email"], language=language())
        try:
            made = booking.book(
                one,
                begins,
                person,
                said["reason"],
                key=said["key"],
                sender=mark_of(sender_of(request), "digital_forum.book"),
            )
            return redirect("digital_forum:mine", links.token(made, "manage"))
        except Refused as refused:
            form.add_error(None, str(refused))
    return private(request, "details", form=form, offer=one, begins=begins,
                   status=422 if form.errors else 200)  # fmt: skip
