"""Fines: retell a plate at an instant, keep it, decide it, prove it."""

from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.systems.parking_tickets import plates
from stadtkern.systems.parking_tickets.logic import fines as deciding
from stadtkern.systems.parking_tickets.logic import replay
from stadtkern.systems.parking_tickets.models import (
    FINE_REASONS,
    FINE_STATES,
    Fine,
    Zone,
)
from stadtkern.systems.parking_tickets.staff import fine_paper
from stadtkern.systems.parking_tickets.staff.control import page, person

PER_PAGE: Final = 50
ALL: Final = ("", gettext_lazy("all"))


class RetellForm(forms.Form):
    """A plate and an instant."""

    plate = forms.CharField(label=gettext_lazy("Number plate"), max_length=40)
    at = forms.DateTimeField(
        label=gettext_lazy("When"),
        widget=forms.DateTimeInput({"type": "datetime-local", "step": "1"}, "%Y-%m-%dT%H:%M:%S"),
    )
    zone = forms.ModelChoiceField(
        label=gettext_lazy("Zone"), required=False, to_field_name="number",
        empty_label=gettext_lazy("not known"), queryset=Zone.objects.select_related("place"),
    )  # fmt: skip

    def clean_plate(self) -> str:
        try:
            return plates.normal(str(self.cleaned_data["plate"]))
        except plates.BadPlate as error:
            raise forms.ValidationError(str(error)) from None

    def clean_at(self) -> datetime:
        at: datetime = self.cleaned_data["at"]
        if at > clock.now():
            raise forms.ValidationError(_("Choose an instant that is over."))
        return at


class FineForm(RetellForm):
    """What a fine needs besides."""

    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=list(FINE_REASONS.items()))
    where = forms.CharField(label=gettext_lazy("Street"), required=False, max_length=160)
    reference = forms.CharField(
        label=gettext_lazy("Reference of the fines office"), required=False, max_length=60
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=1000,
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip


@staff("parking_tickets.fines")
@require_http_methods(["GET", "HEAD", "POST"])
def fines(request: HttpRequest) -> HttpResponse:
    """The list; sent, a plate is retold, or a fine kept."""
    deed, who = request.POST.get("do", ""), person(request)
    form: RetellForm = (FineForm if deed == "keep" else RetellForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if deed == "keep":
            fine = deciding.issue(deciding.New(**said), who)
            messages.success(request, _("The fine is kept with all that is known now."))
            return redirect("parking_tickets-staff:fine", fine.number)
        found = replay.picture(said["plate"], said["at"])
        record(who, "parking_tickets.retell", at=said["at"].isoformat())
        known = {**said, "zone": said["zone"] and said["zone"].number}
        return page(request, "retold", picture=found, plate=said["plate"], at=said["at"],
                    form=FineForm(initial=known))  # fmt: skip
    return _listing(request, form, "retold" if deed == "keep" else "")


def _listing(request: HttpRequest, form: RetellForm, wrong: str) -> HttpResponse:
    if wrong:
        return page(request, "retold", form=form, picture=None, status=422)
    rows = Fine.objects.select_related("zone")
    state, q = request.GET.get("state", ""), request.GET.get("q", "").strip()
    if state in FINE_STATES:
        rows = rows.filter(state=state)
    if q:
        rows = rows.filter(number=q.upper()) | rows.filter(reference=q)
    listed = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return page(request, "fines", form=form, listed=listed, state=state, q=q,
                states=[ALL, *FINE_STATES.items()],
                rows=[(one, plates.shown(one.plate_sealed)) for one in listed],
                status=422 if form.errors else 200)  # fmt: skip


@staff("parking_tickets.fines")
@require_http_methods(["GET", "HEAD", "POST"])
def fine(request: HttpRequest, number: str) -> HttpResponse:
    """One fine with what it stands on; sent, it is decided, or a confirmation number looked up."""
    row = get_object_or_404(Fine.objects.select_related("zone"), number=number)
    confirmation = request.POST.get("confirmation", "").strip()[:60]
    if request.method == "POST" and not confirmation:
        moved = deciding.move(row, request.POST.get("state", ""),
                              request.POST.get("note", "")[:1000], person(request))  # fmt: skip
        if moved:
            messages.success(request, _("Saved."))
        else:
            messages.error(request, _("This does not follow on its present state."))
        return redirect("parking_tickets-staff:fine", number)
    shown = replay.confirmed(confirmation) if confirmation else None
    return page(request, "fine", **_said(row), confirmation=confirmation, confirmed=shown,
                belongs=_belongs(row, shown))  # fmt: skip


def _belongs(row: Fine, shown: replay.Told | None) -> str:
    """Whether a confirmed ticket was for this plate: yes, no, or nobody can tell any more."""
    if shown is None:
        return ""
    kept = {one["ref"]: one["plate"] for one in row.evidence.get("now", ())}
    if shown.ref in kept:
        return "yes" if kept[shown.ref] == "yes" else "no"
    return "unknown"


def _said(row: Fine) -> dict[str, Any]:
    found = replay.read(row.evidence)
    moves = [(one, FINE_STATES[one]) for one in deciding.MOVES.get(row.state, ())]
    return {"fine": row, "picture": found, "plate": plates.shown(row.plate_sealed), "at": row.at,
            "moves": moves}  # fmt: skip


@staff("parking_tickets.fines")
@require_safe
def paper(request: HttpRequest, number: str) -> HttpResponse:
    """The same as a PDF for the file."""
    row = get_object_or_404(Fine.objects.select_related("zone"), number=number)
    record(person(request), "parking_tickets.fine_paper", row)
    answer = HttpResponse(fine_paper.drawn(row), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{row.number}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer
