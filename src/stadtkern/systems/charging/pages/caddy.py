"""The quarter's electric van: where it is, how full, when it is free; residents book it."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel import clock, formguard
from stadtkern.kernel.bookings import changes, links
from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.bookings.links import BadLink
from stadtkern.kernel.bookings.wanted import Person
from stadtkern.kernel.people.access import public
from stadtkern.systems.charging.logic import CADDY_KIND, fleet
from stadtkern.systems.charging.models import Caddy

AHEAD = timedelta(days=7)


class BookForm(formguard.GuardedForm):
    """When, how long, who; the code shows that somebody lives there."""

    day = forms.DateField(label=gettext_lazy("Day"),
                          widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))  # fmt: skip
    begins = forms.TimeField(label=gettext_lazy("From"),
                             widget=forms.TimeInput({"type": "time", "step": 1800}))  # fmt: skip
    hours = forms.IntegerField(label=gettext_lazy("For how many hours?"), min_value=1)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200,
                           widget=forms.TextInput({"autocomplete": "name"}))  # fmt: skip
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254,
                             widget=forms.EmailInput({"autocomplete": "email"}))  # fmt: skip
    code = forms.CharField(
        label=gettext_lazy("Code of the quarter"), max_length=40,
        help_text=gettext_lazy("Residents have it from their council."),
    )  # fmt: skip

    def __init__(self, data: Any, caddy: Caddy, **more: Any) -> None:
        super().__init__(data, **more)
        self.caddy = caddy
        self.fields["hours"].validators.append(_at_most(caddy.most_hours))
        self.fields["hours"].widget.attrs["max"] = caddy.most_hours

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not fleet.code_fits(self.caddy, code):
            raise forms.ValidationError(_("This code does not fit. Please ask in your quarter."))
        return code

    @property
    def when(self) -> datetime:
        """The beginning, by the clocks of the city."""
        said = self.cleaned_data
        begins: time = said["begins"]
        return timezone.make_aware(datetime.combine(said["day"], begins))


def _at_most(hours: int) -> Any:
    def check(value: int) -> None:
        if value > hours:
            raise forms.ValidationError(
                _("At most %(hours)d hours, so that all can have it.") % {"hours": hours}
            )

    return check


@public
@require_safe
def caddies(request: HttpRequest) -> HttpResponse:
    """All shared vehicles."""
    return render(request, "charging/caddies.html", {"found": fleet.all_now()})


@public
@require_http_methods(["GET", "HEAD", "POST"])
def caddy(request: HttpRequest, slug: str) -> HttpResponse:
    """One of them, with the form that books it."""
    chosen = get_object_or_404(Caddy.objects.select_related("place", "resource"), slug=slug)
    sent = request.POST if request.method == "POST" else None
    form = BookForm(sent, chosen, initial={"day": timezone.localdate(clock.now()), "hours": 2})
    if sent is not None and form.is_valid():
        said = form.cleaned_data
        language = "en" if get_language() == "en" else "de"
        person = Person(name=said["name"], email=said["email"], language=language)
        try:
            booked = fleet.book(chosen, form.when, said["hours"], person)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The vehicle is yours at this time. Keep this page: here"
                                        " you can cancel."))  # fmt: skip
            return redirect("charging:caddy-booking", links.token(booked, "manage"))
    now = next(one for one in fleet.all_now() if one.caddy.pk == chosen.pk)
    return render(request, "charging/caddy.html", {
        "caddy": chosen, "now": now, "form": form,
        "taken": fleet.ahead(chosen, clock.now() + AHEAD),
    }, status=422 if form.errors else 200)  # fmt: skip


@public
@require_http_methods(["GET", "HEAD", "POST"])
def booking(request: HttpRequest, token: str) -> HttpResponse:
    """Somebody's booking; cancelled here."""
    try:
        found = links.read(token, "manage")
    except BadLink:
        return render(request, "charging/gone.html", status=404)
    if found.kind != CADDY_KIND:
        return render(request, "charging/gone.html", status=404)
    if request.method == "POST":
        try:
            changes.cancel(found, by="person")
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("Cancelled. The time is free for others again."))
        return redirect("charging:caddy-booking", token)
    chosen = Caddy.objects.select_related("place").get(resource=found.resource_id)
    answer = render(request, "charging/booking.html", {
        "booking": found, "caddy": chosen, "token": token,
        "can_cancel": found.state == "booked" and found.begins > clock.now(),
    })  # fmt: skip
    answer["Cache-Control"] = "private, no-store"
    return answer
