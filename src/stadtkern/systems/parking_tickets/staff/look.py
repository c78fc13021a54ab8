"""The officer's page: type a plate, see in one glance whether the car may stand there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stadtkern.kernel import clock
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import Account
from stadtkern.systems.parking_tickets import plates
from stadtkern.systems.parking_tickets.logic import checking, envelopes, settings
from stadtkern.systems.parking_tickets.logic.checking import Asked, Outcome
from stadtkern.systems.parking_tickets.logic.scanning import reader
from stadtkern.systems.parking_tickets.models import Check, Zone
from stadtkern.systems.parking_tickets.staff.control import page, person

SHIFT: Final = timedelta(hours=12)
SHOWN: Final = 20
# Of all that was found for a plate; what counts where the officer stands comes first.
MOST_FOUND: Final = 6
# In the session: the zone an officer walks in.
WALKS: Final = "parking_tickets_zone"
# How a result looks: state, and whether what was typed might be a slip.
STATES: Final = {
    "valid": "good", "permit": "good", "disc": "good", "grace": "tight", "ended": "tight",
    "elsewhere": "bad", "none": "bad",
}  # fmt: skip


class LookForm(forms.Form):
    """A plate or the number of a permit, and where. The rest is filled in by the page."""

    plate = forms.CharField(
        label=gettext_lazy("Number plate"), max_length=40,
        widget=forms.TextInput({
            "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false",
            "enterkeyhint": "search", "class": "check-plate", "autofocus": True,
        }),
    )  # fmt: skip
    zone = forms.ModelChoiceField(
        label=gettext_lazy("Zone"), required=False, to_field_name="number",
        empty_label=gettext_lazy("from my position, or any"),
        queryset=Zone.objects.filter(active=True).select_related("place"),
    )  # fmt: skip
    number = forms.BooleanField(
        label=gettext_lazy("This is the number of a permit"), required=False
    )
    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    at = forms.DateTimeField(required=False, widget=forms.HiddenInput)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)

    def clean_plate(self) -> str:
        try:
            return plates.normal(str(self.cleaned_data["plate"]))
        except plates.BadPlate as error:
            raise forms.ValidationError(str(error)) from None

    def clean_at(self) -> datetime | None:
        """A check that was made without a connection says when; too old is refused."""
        said = self.cleaned_data.get("at")
        if checking.within_reason(said) is None:
            raise forms.ValidationError(_("This check is older than a day."))
        return said


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """An answer as the officer sees it."""

    plate: str
    outcome: Outcome
    state: str
    offline: bool
    left: int
    since: timedelta | None
    suggestions: Sequence[str]

    @property
    def found(self) -> Sequence[Any]:
        """What is listed; all of it may be a few hundred areas of a permit."""
        return self.outcome.found[:MOST_FOUND]

    @property
    def more(self) -> int:
        """How much is not listed."""
        return len(self.outcome.found) - len(self.found)


@staff("parking_tickets.check")
@require_http_methods(["GET", "HEAD", "POST"])
def look(request: HttpRequest) -> HttpResponse:
    """Sent, one check; a script gets the answer alone."""
    who, seen = person(request), None
    try:
        said = _said(request, who)
    except envelopes.Unreadable:
        return page(request, "answer", status=422, unreadable=True, form=LookForm())
    form = LookForm(said, initial=_start(request))
    if form.is_bound and form.is_valid():
        seen = _looked(form.cleaned_data, who)
        if not seen.offline:
            request.session[WALKS] = _walked(form)
        form = LookForm(initial=_start(request))
    status = 422 if form.errors else 200
    if request.headers.get("X-Check") == "1":
        return page(request, "answer", status=status, seen=seen, form=form)
    return whole(request, status=status, form=form, seen=seen)


def whole(request: HttpRequest, *, status: int = 200, **said: Any) -> HttpResponse:
    """The page with all that belongs to it, and what is said besides."""
    who = person(request)
    form = said.pop("form", None) or LookForm(initial=_start(request))
    return page(request, "look", status=status, form=form, fresh=uuid4(), history=history(who),
                ended=settings().ended_minutes, who=who.public_id, jwk=envelopes.public_key(),
                scans=reader.installed(), walks=request.session.get(WALKS, ""),
                **said)  # fmt: skip


def _start(request: HttpRequest) -> dict[str, str]:
    return {"zone": request.session.get(WALKS, "")}


def _said(request: HttpRequest, who: Account) -> Mapping[str, Any] | None:
    """What was sent, also in an envelope. Raises Unreadable, also for what others put in one."""
    if request.method != "POST":
        return None
    if not (envelope := request.POST.get("sealed", "")):
        return request.POST
    told = envelopes.opened(envelope)
    if told.pop("who", "") != str(who.public_id):
        raise envelopes.Unreadable
    return told


def _walked(form: LookForm) -> str:
    zone = form.cleaned_data.get("zone")
    return zone.number if zone else ""


def _looked(said: dict[str, Any], who: Account) -> Seen:
    at = checking.within_reason(said["at"]) or clock.now()
    asked = Asked(
        plate=said["plate"], number=said["number"], at=at, zone=said["zone"], lon=said["lon"],
        lat=said["lat"], officer=who, offline=said["at"] is not None,
        public_id=said["id"] or uuid4(),
    )  # fmt: skip
    told = checking.check(asked)
    best, at = told.matched, told.at
    return Seen(
        plate=asked.plate, outcome=told, state=STATES[told.result], offline=asked.offline,
        left=_minutes(best.ends - at) if best and best.ends and best.ends > at else 0,
        since=at - best.begins if best and best.begins and best.holds else None,
        suggestions=[] if told.allowed or asked.number else plates.suggestions(asked.plate),
    )  # fmt: skip


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)


def history(who: Account) -> list[tuple[Check, str, str]]:
    """The officer's own checks of this shift: the check, the plate while it is kept, a state."""
    rows = Check.objects.filter(officer=who, at__gt=clock.now() - SHIFT).select_related("zone")
    return [(one, plates.shown(one.plate_sealed), STATES[one.result]) for one in rows[:SHOWN]]
