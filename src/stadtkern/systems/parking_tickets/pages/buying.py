"""Buy time to park: plate and time, then the price with its lines, then the payment."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from django import forms
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.formguard import GuardedForm
from stadtkern.kernel.payments import charges
from stadtkern.kernel.people.access import public
from stadtkern.systems.parking_tickets import plates
from stadtkern.systems.parking_tickets.logic import (
    buying,
    calendar,
    links,
    quoting,
    settings,
    surcharges,
    tariffs,
)
from stadtkern.systems.parking_tickets.logic.making import Wanted, check_times
from stadtkern.systems.parking_tickets.logic.quoting import VEHICLES, Quote
from stadtkern.systems.parking_tickets.logic.refusing import Refused
from stadtkern.systems.parking_tickets.models import Zone
from stadtkern.systems.parking_tickets.pages.chips import OPEN, OTHER, Chip, chips_of, next_at
from stadtkern.systems.parking_tickets.pages.starting import Start, latest, start_of, written
from stadtkern.systems.parking_tickets.pages.zones import zone_or_404

FIELDS: Final = {"registration_number": "plate", "vehicle": "vehicle", "time_end": "until"}
ONCE: Final = Signer(salt="parking_tickets.once", sep=".")


class BuyForm(GuardedForm):
    """Which vehicle, until when, and where a reminder goes."""

    plate = forms.CharField(
        label=gettext_lazy("Number plate"), max_length=20,
        help_text=gettext_lazy("As on the plate, such as HER AB 123. Blanks do not matter."),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters",
                                "spellcheck": "false"}),
    )  # fmt: skip
    vehicle = forms.ChoiceField(
        label=gettext_lazy("Vehicle"), choices=list(VEHICLES.items()), initial="car"
    )
    until = forms.ChoiceField(label=gettext_lazy("Until when"), widget=forms.RadioSelect)
    time = forms.TimeField(
        label=gettext_lazy("Another end (time)"), required=False,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("Only if you choose “another end”."),
    )  # fmt: skip
    email = forms.EmailField(
        label=gettext_lazy("E-mail (if you like)"), required=False, max_length=254,
        help_text=gettext_lazy("For the link to your right to park, and a reminder."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )  # fmt: skip
    remind = forms.BooleanField(required=False)

    def __init__(self, data: Any, chips: list[Chip], begins: datetime) -> None:
        super().__init__(data)
        choices = [(one.slug, one.title) for one in chips]
        self.chips, self.begins = {one.slug: one for one in chips}, begins
        self.fields["until"].choices = [*choices, (OTHER, _("another end"))]  # type: ignore[attr-defined]
        self.fields["until"].initial = choices[0][0] if choices else OTHER
        told = _("Remind me by mail %s minutes before the end") % settings().remind_minutes
        self.fields["remind"].label = told

    def clean_plate(self) -> str:
        try:
            return plates.normal(self.cleaned_data["plate"])
        except plates.BadPlate as bad:
            raise forms.ValidationError(str(bad)) from bad

    def clean(self) -> dict[str, Any]:
        """The chosen end as an instant; nobody can be reminded without an address."""
        said = super().clean()
        if said.get("remind") and not said.get("email") and "email" not in self.errors:
            self.add_error("email", _("Write your mail address, or leave the reminder out."))
        if said.get("until") == OTHER:
            said["ends"] = self._other(said.get("time"))
        elif said.get("until") in self.chips:
            said["ends"] = self.chips[said["until"]].until
        return said

    def _other(self, time: Any) -> datetime | None:
        if time is None:
            if "time" not in self.errors:
                self.add_error("time", _("Write the time, such as 15:30."))
            return None
        return next_at(time, self.begins)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def buy(request: HttpRequest, number: str) -> HttpResponse:
    """The form; sent, the price with its lines; sent once more, the payment."""
    zone, start = zone_or_404(number).zone, start_of(request)
    if known := _bought_already(request):
        return known
    form = BuyForm(request.POST or None, chips_of(zone, start.begins), start.begins)
    if request.method != "POST" or not form.is_valid():
        return _asked(request, zone, form, start)
    wanted = _wanted(zone, start.begins, form.cleaned_data)
    try:
        check_times(wanted)
        if request.POST.get("step") == "pay":
            return _pay(request, wanted, form, start)
        return _shown(request, wanted, form, start)
    except Refused as refused:
        form.add_error(FIELDS.get(refused.field), refused.text)
        return _asked(request, zone, form, start)


def _bought_already(request: HttpRequest) -> HttpResponse | None:
    """The same button pressed twice, or after a step back, leads to what the first press made."""
    once = _once(request)
    row = buying.bought(once) if once and request.POST.get("step") == "pay" else None
    if row is None:
        return None
    charge = buying.open_charge(row)
    return redirect(charges.page(charge) if charge else links.path(row))


def _once(request: HttpRequest) -> UUID | None:
    """What the page with the price was made with; none where it was not ours."""
    try:
        return UUID(ONCE.unsign(request.POST.get("once", "")))
    except (BadSignature, ValueError):
        return None


def _asked(request: HttpRequest, zone: Zone, form: BuyForm, start: Start) -> HttpResponse:
    answer = render(request, "parking_tickets/buy.html", {
        "zone": zone, "form": form, "start": start, "first": written(quoting.now()),
        "last": written(latest()), "opens": _opens(zone, start.begins),
    }, status=422 if form.is_bound else 200)  # fmt: skip
    answer["Cache-Control"] = "private, no-store"
    return answer


def _opens(zone: Zone, begins: datetime) -> dict[str, Any] | None:
    """When parking begins to cost something, where it is free now and one may buy for then."""
    try:
        rules = tariffs.read(quoting.tariff_at(zone, begins).rules)
    except Refused:
        return None
    at = tariffs.opens(rules, begins, calendar.of_city())
    if at is None or not begins < at <= latest():
        return None
    return {"at": at, "field": written(at)}


def _wanted(zone: Zone, begins: datetime, said: dict[str, Any]) -> Wanted:
    return Wanted(
        zone=zone, begins=begins, until=said["ends"], plate=said["plate"], source=buying.WEB,
        vehicle=said["vehicle"], email=said["email"], remind=said["remind"],
        language="en" if get_language() == "en" else "de", invented=zone.invented,
    )  # fmt: skip


def _shown(
    request: HttpRequest, wanted: Wanted, form: BuyForm, start: Start, before: int | None = None
) -> HttpResponse:
    """The price before anything is bought, and what the apps would ask for the same time."""
    told = _quoted(wanted)
    answer = render(request, "parking_tickets/confirm.html", {
        "zone": wanted.zone, "form": form, "told": told, "plate": wanted.plate,
        "vehicle": VEHICLES[wanted.vehicle], "fixed": _fixed(form, told, start),
        "alike": _alike(wanted.plate), "bills": surcharges.bills(told.cents), "start": start,
        "open_ended": form.cleaned_data["until"] == OPEN, "was": before,
    })  # fmt: skip
    answer["Cache-Control"] = "private, no-store"
    return answer


def _quoted(wanted: Wanted) -> Quote:
    return quoting.quote(wanted.zone, wanted.begins, wanted.until, vehicle=wanted.vehicle,
                         plate_key=plates.key_of(wanted.plate))  # fmt: skip


def _alike(plate: str) -> list[str]:
    """Plates that look like it, where it does not look like a German one itself."""
    return [] if plates.GERMAN.fullmatch(plate) else plates.suggestions(plate)


def _fixed(form: BuyForm, told: Quote, start: Start) -> list[tuple[str, str]]:
    """What is sent along with “pay”: the same wish, and the price that was shown."""
    said = form.cleaned_data
    local = calendar.local(told.until)
    found = [("plate", said["plate"]), ("vehicle", said["vehicle"]), ("until", said["until"]),
             ("time", said["time"].strftime("%H:%M") if said["time"] else f"{local:%H:%M}"),
             ("email", said["email"]), ("cents", str(told.cents)), ("from", start.field),
             ("once", ONCE.sign(str(uuid4())))]  # fmt: skip
    return [*found, *([("remind", "on")] if said["remind"] else [])]


def _pay(request: HttpRequest, wanted: Wanted, form: BuyForm, start: Start) -> HttpResponse:
    """Hold it and lead to the payment; a price that has changed meanwhile is shown again."""
    told, shown = _quoted(wanted), request.POST.get("cents", "")
    if not shown.isdecimal() or int(shown) < told.cents:
        was = int(shown) if shown.isdecimal() else None
        return _shown(request, wanted, form, start, was)
    row, charge = buying.buy(wanted, _once(request))
    return redirect(charges.page(charge) if charge else links.path(row))
