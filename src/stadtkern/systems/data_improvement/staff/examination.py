"""One examination: what was found, by kind and one by one; accept, refuse, take back, apply."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from stadtkern.kernel.contract import State
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.ui.numbers import figure
from stadtkern.systems.data_improvement import applying, deciding, examining, wording
from stadtkern.systems.data_improvement.finding import certainty
from stadtkern.systems.data_improvement.models import (
    Examination,
    Improvement,
    Proposal,
    ProposalQuerySet,
)
from stadtkern.systems.data_improvement.staff.answer import page, person

PER_PAGE = 50
SIGNS: dict[str, State] = {"open": "info", "accepted": "good", "refused": "none"}
SURE = (("", gettext_lazy("any")), ("0.9", "≥ 90 %"), ("0.7", "≥ 70 %"), ("0.5", "≥ 50 %"))
STATES = {"accept": "accepted", "refuse": "refused", "reopen": "open"}


class Filters(forms.Form):
    """By kind, state, column, confidence and words."""

    q = forms.CharField(
        label=gettext_lazy("Words"), required=False, widget=forms.TextInput({"type": "search"})
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False,
        choices=[("", gettext_lazy("all")), *wording.KINDS.items()],
    )  # fmt: skip
    state = forms.ChoiceField(
        label=gettext_lazy("Decision"), required=False,
        choices=[("", gettext_lazy("all")), *Proposal.STATES.items()],
    )  # fmt: skip
    sure = forms.ChoiceField(label=gettext_lazy("Confidence"), required=False, choices=SURE)
    column = forms.CharField(label=gettext_lazy("Column"), required=False, max_length=60)

    def apply(self, rows: ProposalQuerySet) -> ProposalQuerySet:
        """The proposals that pass."""
        said = self.cleaned_data
        for word in (said.get("q") or "").split():
            rows = rows.filter(words__icontains=word)
        for name in ("kind", "state", "column"):
            if said.get(name):
                rows = rows.filter(**{name: said[name]})
        return rows.filter(confidence__gte=float(said["sure"])) if said.get("sure") else rows


def found(number: int) -> Examination:
    """The examination with this number, without its rows."""
    rows = Examination.objects.select_related("dataset", "resource").defer("rows")
    return get_object_or_404(rows, pk=number)


@staff("data_improvement.see")
@require_safe
def examination(request: HttpRequest, number: int) -> HttpResponse:
    """A fixed number of queries for any number of proposals."""
    one = found(number)
    filters = Filters(request.GET)
    filters.is_valid()
    listed = Paginator(filters.apply(_all(one)), PER_PAGE).get_page(request.GET.get("page"))
    titles = {column.slug: column.title or column.slug for column in examining.columns_of(one)}
    return page(
        request, "examination", one=one, filters=filters, listed=listed, kinds=_kinds(one),
        rows=[row_of(proposal, titles) for proposal in listed], filtered=bool(request.GET),
        improved=Improvement.objects.filter(examination=one, current=True).first(),
        query=request.GET.urlencode(), accepted=one.proposals.accepted().count(),
        bounds=bounds_of(one),
        has_map=one.proposals.filter(kind__in=("position", "duplicate", "postcode")).exists(),
    )  # fmt: skip


def bounds_of(one: Examination) -> tuple[float, ...] | None:
    """West, south, east, north of the dataset, for a map; None where it has no place."""
    about = one.dataset
    box = [side for side in (about.west, about.south, about.east, about.north) if side is not None]
    return tuple(box) if len(box) == 4 else None


def _all(one: Examination) -> ProposalQuerySet:
    return Proposal.objects.filter(examination=one)


def _kinds(one: Examination) -> list[dict[str, Any]]:
    """How many there are of each kind, and of how many nothing is decided."""
    counted = _all(one).order_by().values("kind").annotate(
        all=Count("pk"), open=Count("pk", filter=Q(state="open")),
        accepted=Count("pk", filter=Q(state="accepted")),
    )  # fmt: skip
    by_kind = {row["kind"]: row for row in counted}
    return [
        {"slug": kind, "title": title, **by_kind[kind],
         "share": 1 - by_kind[kind]["open"] / by_kind[kind]["all"]}
        for kind, title in wording.KINDS.items() if kind in by_kind
    ]  # fmt: skip


def row_of(one: Proposal, titles: dict[str, str]) -> dict[str, Any]:
    """A proposal as lists and pages show it."""
    return {
        "proposal": one, "kind": wording.kind(one.kind), "method": wording.method(one.method),
        "column": titles.get(one.column, one.column), "before": wording.before(one),
        "after": wording.after(one), "reason": wording.reason(one), "sign": SIGNS[one.state],
        "state": Proposal.STATES[one.state], "percent": figure(one.confidence * 100),
        "measured": certainty.is_measured(one.kind, one.method), "size": one.size,
        "row": one.cells[0][0] if len(one.cells) == 1 or one.kind == "position" else None,
    }  # fmt: skip


class ReasonForm(forms.Form):
    """Why proposals are refused."""

    reason = forms.CharField(
        label=gettext_lazy("Why not"), max_length=300, required=False,
        help_text=gettext_lazy("Recorded with your name. Needed when you refuse."),
    )  # fmt: skip


@staff("data_improvement.decide")
@require_POST
def decide(request: HttpRequest, number: int) -> HttpResponse:
    """The ticked proposals, all of a kind, or all that the filters show."""
    one = found(number)
    deed = request.POST.get("do", "")
    deed, _colon, kind = deed.partition(":")
    if deed not in STATES:
        raise Http404
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"].strip() if form.is_valid() else ""
    if deed == "refuse" and not reason:
        messages.error(request, _("Say in a few words why you refuse. Nothing was changed."))
        return _back(request, number)
    changed = deciding.decide(
        person(request), one, _chosen(request, one, kind), STATES[deed], reason=reason
    )
    said = ngettext("%(count)s proposal decided.", "%(count)s proposals decided.", changed)
    if changed:
        messages.success(request, said % {"count": figure(changed)})
    else:
        messages.warning(request, _("Nothing was ticked that could change. Tick proposals first."))
    return _back(request, number)


def _chosen(request: HttpRequest, one: Examination, kind: str) -> ProposalQuerySet:
    if kind:
        return _all(one).open().filter(kind=kind)
    filters = Filters(request.GET)
    if request.POST.get("which") == "all" and filters.is_valid():
        return filters.apply(_all(one))
    ticked = [said for said in request.POST.getlist("number") if said.isdecimal()]
    return _all(one).filter(number__in=[int(said) for said in ticked if len(said) < 10])


def _back(request: HttpRequest, number: int) -> HttpResponseRedirect:
    """To the list, with its filters."""
    query = request.GET.urlencode()
    address = reverse("data_improvement-staff:examination", args=[number])
    return redirect(f"{address}?{query}#proposals" if query else f"{address}#proposals")


@staff("data_improvement.decide")
@require_POST
def apply(request: HttpRequest, number: int) -> HttpResponse:
    """Everything accepted becomes the improved table, public at once."""
    try:
        one = get_object_or_404(
            Examination.objects.select_related("dataset", "resource"), pk=number, state="done"
        )
        made = applying.apply(person(request), one)
    except applying.NothingToDo as problem:
        messages.error(request, str(problem))
        return _back(request, number)
    messages.success(request, _("The improved table is public beside the original."))
    return redirect("data_improvement-staff:improvement", made.pk)
