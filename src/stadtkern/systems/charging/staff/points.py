"""Charge points: which are connected, one with its outlets, commands and messages, a new one."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Max, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.csv_file import csv_file
from stadtkern.kernel.people.access import staff
from stadtkern.systems.charging.logic import points
from stadtkern.systems.charging.logic.commands.asking import Refused
from stadtkern.systems.charging.models import (
    ChargePoint,
    Command,
    Evse,
    Location,
    Outlet,
    Reservation,
    Transaction,
)
from stadtkern.systems.charging.models.charge_point import ADMISSIONS
from stadtkern.systems.charging.staff.answer import page, person
from stadtkern.systems.charging.staff.commands import FORMS, do

PAGE, MESSAGES, COMMANDS = 50, 50, 10
# So soon what a point has agreed to is to be seen.
FOLLOWS = timedelta(seconds=30)
STATES = {
    "on": gettext_lazy("connected"),
    "off": gettext_lazy("not connected"),
    "trouble": gettext_lazy("with a fault"),
    "waiting": gettext_lazy("waits to be released"),
}


class Filters(forms.Form):
    """By name or place, and state."""

    q = forms.CharField(
        label=gettext_lazy("Name or place"), required=False,
        widget=forms.TextInput({"type": "search"}),
    )  # fmt: skip
    state = forms.ChoiceField(
        label=gettext_lazy("State"), required=False,
        choices=[("", gettext_lazy("all")), *STATES.items()],
    )  # fmt: skip

    def apply(self, rows: QuerySet[ChargePoint]) -> QuerySet[ChargePoint]:
        """The rows that pass."""
        said = self.cleaned_data
        if q := said.get("q", "").strip():
            place = Q(location__place__name__icontains=q) | Q(location__place__street__icontains=q)
            rows = rows.filter(Q(identity__icontains=q) | place)
        state = said.get("state")
        if state in ("on", "off"):
            return rows.filter(line__isnull=state == "off")
        if state == "trouble":
            faulty = Outlet.objects.filter(own="Faulted").values("point")
            return rows.filter(~Q(problem="") | Q(pk__in=faulty) | Q(whole="Faulted"))
        return rows.filter(admission="waiting") if state == "waiting" else rows


class NewForm(forms.Form):
    """A charge point that is to be known from now on."""

    identity = forms.RegexField(
        r"^[A-Za-z0-9*_=:+|@.-]{1,48}$", label=gettext_lazy("Name in its address"), max_length=48,
        help_text=gettext_lazy("The point calls /ocpp/ and this name, and logs in with it."),
    )  # fmt: skip
    location = forms.ModelChoiceField(
        Location.objects.select_related("place").order_by("place__name"),
        label=gettext_lazy("Location"),
    )
    outlets = forms.IntegerField(
        label=gettext_lazy("Outlets"), min_value=1, max_value=8, initial=2,
        help_text=gettext_lazy("Cars that can charge at it at the same time."),
    )  # fmt: skip
    tls = forms.BooleanField(
        label=gettext_lazy("Only over an encrypted connection"), required=False, initial=True
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["location"].label_from_instance = lambda one: (  # type: ignore[attr-defined]
            f"{one.place.name} ({one.uid})"
        )

    def clean_identity(self) -> str:
        name = str(self.cleaned_data["identity"])
        if ChargePoint.objects.filter(identity=name).exists():
            raise forms.ValidationError(_("There is a charge point of this name already."))
        return name

    def clean(self) -> None:
        location, count = self.cleaned_data.get("location"), self.cleaned_data.get("outlets")
        if location is not None and count and len(self.free(location)) < count:
            free = len(self.free(location))
            said = _("At this location %(free)d points have no device yet. Choose fewer outlets.")
            self.add_error("outlets", said % {"free": free})

    @staticmethod
    def free(location: Location) -> list[Evse]:
        """Points of the register that hang on no device yet."""
        taken = Outlet.objects.values("evse")
        return list(location.evses.exclude(pk__in=taken).order_by("number"))


@staff("charging.see")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """All charge points that the filters pass; as a file with `?as=csv`."""
    filters = Filters(request.GET)
    filters.is_valid()
    outlets = Prefetch("outlets", Outlet.objects.select_related("evse").order_by("number"))
    rows = filters.apply(ChargePoint.objects.all()).select_related("location__place")
    rows = rows.prefetch_related(outlets).order_by("identity")
    if request.GET.get("as") == "csv":
        return _csv(rows[:10_000])
    listed = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    connected = ChargePoint.objects.filter(line__isnull=False).count()
    return page(request, "points", filters=filters, listed=listed, connected=connected,
                repaired=Transaction.objects.filter(repaired=True).count())  # fmt: skip


def _csv(rows: Sequence[ChargePoint] | QuerySet[ChargePoint]) -> HttpResponse:
    heads = (
        _("Name"), _("Location"), _("Connected"), _("Last heard"), "OCPP", _("Vendor"), _("Model"),
        _("Firmware"), _("Fault"), _("Outlets"),
    )  # fmt: skip
    return csv_file("charge-points", heads, (
        (one.identity, one.location.place.name, one.is_connected, one.heard, one.version,
         one.vendor, one.model, one.firmware, one.problem,
         ", ".join(f"{o.number}: {o.evse.status}" for o in one.outlets.all()))
        for one in rows
    ))  # fmt: skip


def shown(found: ChargePoint, forms_: Mapping[str, forms.Form] | None = None) -> dict[str, Any]:
    """What the page of one point needs; `forms_` are those that came back with errors."""
    outlets = list(found.outlets.select_related("evse").order_by("number"))
    active = {
        one.evse_id: one
        for one in Transaction.objects.filter(point=found, state="active")
    }  # fmt: skip
    held = {
        one.outlet_id: one
        for one in Reservation.objects.filter(outlet__point=found, state__in=("asked", "held"))
    }  # fmt: skip
    commands = list(found.commands.select_related("outlet", "transaction")[:COMMANDS])
    heard = dict(Transaction.objects.filter(point=found).values_list("evse").annotate(Max("heard")))
    shown_ = [(one, outcome(one, heard)) for one in commands]
    return {
        "point": found,
        "rows": [(one, active.get(one.evse_id), held.get(one.pk)) for one in outlets],
        "commands": shown_,
        "waits": any(one.state in ("pending", "sent") or said == "waits" for one, said in shown_),
        "admissions": ADMISSIONS,
        "forms": forms_ or {name: made(point=found) for name, made in FORMS.items()},
    }


def outcome(command: Command, heard: Mapping[int | None, datetime]) -> str:
    """What became of a start or stop that the point agreed to: "done", "waits", "nothing", "".

    `heard` is when a session was last heard of, by EVSE.
    """
    if command.state != "accepted" or command.answered is None:
        return ""
    if command.action == "RemoteStopTransaction" and command.transaction is not None:
        done = command.transaction.state == "ended"
    elif command.action == "RemoteStartTransaction" and command.outlet is not None:
        last = heard.get(command.outlet.evse_id)
        done = last is not None and last >= command.created
    else:
        return ""
    if done:
        return "done"
    return "waits" if clock.age(command.answered) < FOLLOWS else "nothing"


def of(identity: str) -> ChargePoint:
    """A point with what its page shows of it."""
    rows = ChargePoint.objects.select_related("location__place", "thing")
    return get_object_or_404(rows, identity=identity)


@staff("charging.see")
@require_safe
def point(request: HttpRequest, identity: str) -> HttpResponse:
    """One charge point, its outlets and its last messages."""
    found = of(identity)
    listed = Paginator(found.messages.order_by("-id")[:200], MESSAGES)
    return page(request, "point", listed=listed.get_page(request.GET.get("page")), **shown(found))


@staff("charging.control")
@require_POST
def act(request: HttpRequest, identity: str) -> HttpResponse:
    """One command; what is wrong with it stands beside its fields."""
    found, deed, said = of(identity), request.POST.get("do", ""), {}
    if deed in FORMS:
        form = FORMS[deed](request.POST, point=found)
        if not form.is_valid():
            all_ = {name: made(point=found) for name, made in FORMS.items()} | {deed: form}
            listed = Paginator(found.messages.order_by("-id")[:200], MESSAGES).get_page(1)
            return page(request, "point", status=422, listed=listed, opened=deed,
                        **shown(found, all_))  # fmt: skip
        said = form.cleaned_data
    try:
        do(found, deed, said, request.POST, person(request))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("On its way. Below you see what the point answers."))
    return redirect("charging-staff:charge-point", identity)


@staff("charging.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A form; sent, the point is known and its password is shown once."""
    form = NewForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return page(request, "point_new", form=form, status=422 if form.errors else 200)
    password, said = secrets.token_urlsafe(15), form.cleaned_data
    with transaction.atomic():
        made = ChargePoint.objects.create(
            identity=said["identity"], location=said["location"], admission="accepted",
            password=points.hashed(password), security_profile=2 if said["tls"] else 1,
        )  # fmt: skip
        for number, evse in enumerate(form.free(said["location"])[: said["outlets"]], 1):
            Outlet.objects.create(point=made, number=number, evse=evse)
        record(person(request), "charging.point.create", made, identity=made.identity)
    return page(request, "point_password", point=made, password=password)


@staff("charging.manage")
@require_POST
def change(request: HttpRequest, identity: str) -> HttpResponse:
    """Release or refuse it, or give it a new password."""
    found, who = of(identity), person(request)
    if request.POST.get("do") == "password":
        password = secrets.token_urlsafe(15)
        with transaction.atomic():
            ChargePoint.objects.filter(pk=found.pk).update(password=points.hashed(password))
            record(who, "charging.point.password", found)
        return page(request, "point_password", point=found, password=password)
    admission = request.POST.get("admission", "")
    if admission not in ADMISSIONS:
        messages.error(request, _("Choose one of the three states."))
        return redirect("charging-staff:charge-point", identity)
    with transaction.atomic():
        ChargePoint.objects.filter(pk=found.pk).update(admission=admission)
        record(who, "charging.point.admission", found, admission=admission)
    messages.success(request, _("Saved. The point hears of it when it next starts."))
    return redirect("charging-staff:charge-point", identity)
