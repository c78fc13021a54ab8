"""The right's own page: what is left, the number that proves it, extend, end early, receipts."""

from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel import calendar_file
from stadtkern.kernel.payments import charges
from stadtkern.kernel.payments.words import euros
from stadtkern.kernel.people.access import public
from stadtkern.systems.parking_tickets import plates
from stadtkern.systems.parking_tickets.logic import (
    buying,
    calendar,
    changing,
    links,
    quoting,
    settings,
)
from stadtkern.systems.parking_tickets.logic.quoting import VEHICLES
from stadtkern.systems.parking_tickets.logic.refusing import Refused
from stadtkern.systems.parking_tickets.logic.words import span
from stadtkern.systems.parking_tickets.models import Purchase, Session
from stadtkern.systems.parking_tickets.pages.chips import clock_words, next_at

MORE: Final = (15, 30, 60, 120)
OTHER: Final = "other"


class EndField(forms.ChoiceField):
    """An end from a list. Minutes pass, so one that was on it a moment ago counts too."""

    def valid_value(self, value: Any) -> bool:
        """Whether it is `other` or an instant; the rules say what may be had."""
        try:
            return super().valid_value(value) or datetime.fromisoformat(value).tzinfo is not None
        except ValueError:
            return False


class EndForm(forms.Form):
    """Another end, from a list with prices or by the clock; `seen` is what the page showed."""

    until = EndField(label=gettext_lazy("Until when"), widget=forms.RadioSelect)
    time = forms.TimeField(
        label=gettext_lazy("Another end (time)"), required=False,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
    )  # fmt: skip
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, row: Session, kind: str, choices: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.row, self.kind = row, kind
        self.fields["seen"].initial = row.changes.count()
        self.fields["until"].choices = [*choices, (OTHER, _("another end"))]  # type: ignore[attr-defined]
        self.fields["until"].initial = choices[0][0] if choices else OTHER

    def clean(self) -> dict[str, Any]:
        """The end as an instant."""
        said = super().clean() or {}
        if said.get("until") == OTHER:
            said["ends"] = self._other(said.get("time"))
        elif said.get("until"):
            said["ends"] = datetime.fromisoformat(said["until"])
        return said

    def _other(self, time: Any) -> datetime | None:
        if time is None:
            self.add_error("time", _("Write the time, such as 15:30."))
            return None
        later = self.kind == "extend"
        return next_at(time, self.row.during.upper if later else self._now())

    def _now(self) -> datetime:
        begins: datetime = self.row.during.lower
        return max(quoting.now(), begins)


def _opened(token: str) -> Session | None:
    """The right behind a link, with whatever a payment has brought."""
    row = links.read(token)
    if row is None:
        return None
    waiting = Purchase.objects.filter(session=row, state="open").select_related("charge")
    for one in waiting:
        if one.charge.state != "open":
            buying.settle(one.charge)
    return links.read(token)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def right(request: HttpRequest, token: str) -> HttpResponse:
    """How it stands; sent, a payment that was begun is given up."""
    row = _opened(token)
    if row is None:
        return render(request, "parking_tickets/gone.html", status=404)
    if request.method == "POST":
        buying.give_up(row)
        messages.success(request, _("Nothing is to be paid."))
        return redirect("parking_tickets:right", token)
    answer = render(request, "parking_tickets/right.html", {**_told(row), "token": token})
    answer["Cache-Control"] = "private, no-store"
    return answer


def _told(row: Session) -> dict[str, Any]:
    now, runs = quoting.now(), row.state == "active"
    bought = Purchase.objects.filter(session=row).select_related("charge")
    return {
        "row": row, "now": now, "runs": runs and row.during.upper > now,
        "begun": row.during.lower <= now, "left": _left(row, now),
        "plate": plates.shown(row.plate_sealed), "vehicle": VEHICLES.get(row.vehicle, ""),
        "share": _share(row, now), "lines": list(row.lines.all()),
        "changes": list(row.changes.all()),
        "waiting": [one for one in bought if one.state == "open" and one.charge.state == "open"
                    and row.state in ("held", "active")],
        "receipts": [one.charge for one in bought if one.state == "done"],
        "sent_back": [one.charge for one in bought if one.state == "void"
                      and one.charge.state in ("paid", "refunded")],
    }  # fmt: skip


def _left(row: Session, now: datetime) -> str:
    """The time that is left, in words."""
    seconds = (row.during.upper - max(now, row.during.lower)).total_seconds()
    minutes = int(max(0, seconds) // 60)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return span(minutes) if minutes else _("less than a minute")
    return f"{span(hours * 60)} {span(rest)}" if rest else span(hours * 60)


def _share(row: Session, now: datetime) -> float:
    whole: float = (row.during.upper - row.during.lower).total_seconds()
    past: float = (now - row.during.lower).total_seconds()
    return min(1.0, max(0.0, 1 - past / whole))


@public
@require_safe
def calendar_entry(request: HttpRequest, token: str) -> HttpResponse:
    """The end as a date with an alarm, for the calendar of whoever gives no address."""
    row = links.read(token)
    if row is None:
        raise Http404
    title = _("Parking time in zone %s ends") % row.zone.number
    one = calendar_file.Entry(
        uid=f"{row.public_id}@parking", begins=row.during.upper, ends=row.during.upper,
        title=title, stamp=row.changed, url=links.address(row), where=row.zone.place.title,
        sequence=row.changes.count(), cancelled=row.state == "cancelled",
        alarm_minutes=settings().remind_minutes,
    )  # fmt: skip
    text = calendar_file.write(title, [one], calendar.of_city().zone)
    answer = HttpResponse(text, content_type=calendar_file.TYPE)
    answer["Content-Disposition"] = 'attachment; filename="parken.ics"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@public
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, token: str, kind: str) -> HttpResponse:
    """Extend, end earlier, or end now: the price first, then the deed."""
    row = _opened(token)
    if row is None:
        return render(request, "parking_tickets/gone.html", status=404)
    if kind not in ("extend", "shorten", "stop"):
        raise Http404
    if kind == "stop":
        return _stop(request, row, token)
    if row.state != "active" or row.during.upper <= quoting.now():
        messages.error(request, _("This right to park does not run. Start a new one."))
        return redirect("parking_tickets:right", token)
    form = EndForm(request.POST or None, row, kind, _choices(row, kind))
    if request.method == "POST" and form.is_valid():
        try:
            return _ended(row, token, kind, form.cleaned_data, request)
        except Refused as refused:
            form.add_error("time" if form.cleaned_data["until"] == OTHER else "until", refused.text)
    return _form(request, row, token, kind, form)


def _form(request: HttpRequest, row: Session, token: str, kind: str, form: EndForm) -> HttpResponse:
    answer = render(request, "parking_tickets/change.html", {
        "row": row, "token": token, "kind": kind, "form": form,
    }, status=422 if form.is_bound else 200)  # fmt: skip
    answer["Cache-Control"] = "private, no-store"
    return answer


def _choices(row: Session, kind: str) -> list[tuple[str, str]]:
    """Ends with what they cost on top, or give back."""
    if kind == "extend":
        ends = [row.during.upper + timedelta(minutes=one) for one in MORE]
    else:
        now = _full_minute(max(quoting.now(), row.during.lower))
        ends = [now + timedelta(minutes=one) for one in MORE[:3]]
        ends = [one for one in ends if row.during.lower < one < row.during.upper]
    return [(one.isoformat(), text) for one in ends if (text := _priced(row, kind, one))]


def _full_minute(at: datetime) -> datetime:
    """The next one: what the list says is what the clock will show."""
    return (at + timedelta(seconds=59)).replace(second=0)


def _priced(row: Session, kind: str, until: datetime) -> str:
    at = clock_words(until, quoting.now())
    if kind == "shorten":
        back = changing.quote_shorter(row, until)
        return _("until %(time)s: %(money)s back") % {"time": at, "money": euros(back)}
    try:
        more = changing.quote_longer(row, until)
    except Refused:
        return ""
    return _("until %(time)s: %(money)s more") % {"time": at, "money": euros(more)}


def _ended(
    row: Session, token: str, kind: str, said: dict[str, Any], request: HttpRequest
) -> HttpResponse:
    until, seen = said["ends"], said["seen"] or 0
    if kind == "extend":
        charge = changing.longer(row, until, seen=seen)
        return redirect(charges.page(charge) if charge else links.path(row))
    before = row.cents
    after = changing.shorter(row, until, seen=seen)
    _say_back(request, before - after.cents)
    return redirect("parking_tickets:right", token)


def _stop(request: HttpRequest, row: Session, token: str) -> HttpResponse:
    begun = row.during.lower <= quoting.now()
    if request.method == "POST":
        try:
            after = changing.over(row)
        except Refused as refused:
            messages.error(request, refused.text)
        else:
            _say_back(request, row.cents - after.cents)
        return redirect("parking_tickets:right", token)
    back = changing.quote_shorter(row, quoting.now()) if begun else row.cents
    answer = render(request, "parking_tickets/stop.html",
                    {"row": row, "token": token, "back": back, "begun": begun})  # fmt: skip
    answer["Cache-Control"] = "private, no-store"
    return answer


def _say_back(request: HttpRequest, cents: int) -> None:
    if cents > 0:
        said = _("You get %s back in the way you paid.") % euros(cents)
        messages.success(request, said)
    else:
        messages.success(request, _("It is ended. Nothing goes back: what was used is the price."))
