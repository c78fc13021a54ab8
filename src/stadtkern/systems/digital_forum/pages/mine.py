"""The page of one booking: code, calendar, another time, cancel; and the way back to it."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.bookings import changes, ical, links
from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.bookings.links import BadLink
from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.formguard import GuardedForm
from stadtkern.kernel.people.access import public
from stadtkern.systems.digital_forum.logic import DEVICE, SESSION, booking
from stadtkern.systems.digital_forum.pages.answer import gone, private
from stadtkern.systems.digital_forum.pages.booking import choice, instant


def _found(token: str) -> Booking | None:
    try:
        found = links.read(token, "manage")
    except BadLink:
        return None
    return found if found.kind in (SESSION, DEVICE) and found.erased is None else None


def _ahead(one: Booking) -> bool:
    return one.state == "booked" and one.begins > clock.now()


@public
@never_cache
@require_safe
def mine(request: HttpRequest, token: str) -> HttpResponse:
    """Everything about it; it prints on one sheet."""
    one = _found(token)
    if one is None:
        return gone(request)
    return private(
        request, "mine", booking=one, token=token, ahead=_ahead(one), place=one.resource.place,
        title=booking.title_of(one), reason=booking.reason_of(one),
    )  # fmt: skip


@public
@never_cache
@require_safe
def calendar_file(request: HttpRequest, token: str) -> HttpResponse:
    """For one's own calendar."""
    one = _found(token)
    if one is None:
        return gone(request)
    text = ical.entry(one, **booking.calendar_words(one))
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{one.code}.ics"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, token: str) -> HttpResponse:
    """Choose another time; what there is stays until the new one is sure."""
    one = _found(token)
    if one is None:
        return gone(request)
    if not _ahead(one):
        return redirect("digital_forum:mine", token)
    if request.method == "POST":
        asked = request.POST.get("minute", "")
        try:
            booking.move(one, instant(int(asked) if asked.isdecimal() and len(asked) < 12 else 0))
            messages.success(request, _("Your booking has a new time."))
            return redirect("digital_forum:mine", token)
        except Refused as refused:
            messages.error(request, str(refused))
    given = choice(request, booking.offer_of(one))
    return private(request, "times", booking=one, token=token, **given)


@public
@never_cache
@require_POST
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Give it up; a second time changes nothing."""
    one = _found(token)
    if one is None:
        return gone(request)
    try:
        changes.cancel(one, by="person")
        messages.success(request, _("Your booking is cancelled. Thank you for telling us."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("digital_forum:mine", token)


class Find(GuardedForm):
    """What stands on the confirmation."""

    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=12,
        help_text=gettext_lazy("Eight letters and digits. It stands on your confirmation."),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """To the booking by its code, for who has lost the link."""
    form = Find(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        found = booking.find(form.cleaned_data["code"], form.cleaned_data["name"])
        if found is not None:
            return redirect("digital_forum:mine", links.token(found, "manage"))
        form.add_error(None, _("We find no booking with this code and name. "
                               "Please look at your confirmation once more."))  # fmt: skip
    return private(request, "find", form=form, status=422 if form.errors else 200)
