"""Decisions for staff: the list, and one with its costs and reasons."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.cases.models import Service
from stadtkern.kernel.people.access import staff
from stadtkern.systems.service_reuse import costs, deciding
from stadtkern.systems.service_reuse.costs import PARTS
from stadtkern.systems.service_reuse.deciding import Said
from stadtkern.systems.service_reuse.models import OUTCOMES, Candidate, Decision
from stadtkern.systems.service_reuse.staff.answer import number_of, page, person
from stadtkern.systems.service_reuse.staff.fields import amounts

PER_PAGE = 50


class DecisionForm(forms.Form):
    """What was decided, why, and what each option costs."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What the city does"), required=False,
        choices=[("", gettext_lazy("not decided yet")), *OUTCOMES.items()],
    )  # fmt: skip
    candidate = forms.ChoiceField(label=gettext_lazy("Which service of others"), required=False)
    sensible = forms.CharField(
        label=gettext_lazy("Why this makes sense (public)"), required=False, max_length=3000,
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip
    economical = forms.CharField(
        label=gettext_lazy("Why this is economical (public)"), required=False, max_length=3000,
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip
    cases_low = forms.IntegerField(
        label=gettext_lazy("Applications a year, at least"), required=False, min_value=0,
        max_value=10_000_000,
    )  # fmt: skip
    cases_high = forms.IntegerField(
        label=gettext_lazy("Applications a year, at most"), required=False, min_value=0,
        max_value=10_000_000,
    )  # fmt: skip
    discount = forms.DecimalField(
        label=gettext_lazy("Discount rate in per cent a year"), min_value=0, max_value=20,
        decimal_places=2, max_digits=4, localize=True,
        help_text=gettext_lazy("0: later payments count as much as those of today."),
    )  # fmt: skip
    review_on = forms.DateField(
        label=gettext_lazy("Looked at again on"), required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )  # fmt: skip

    def __init__(self, decision: Decision, data: Any = None) -> None:
        super().__init__(data, initial=_initial(decision))
        rows = Candidate.objects.filter(service=decision.service_id)
        choices = [("", _("none")), *((str(one.pk), one.title) for one in rows)]
        self.fields["candidate"].choices = choices  # type: ignore[attr-defined]
        for option in OUTCOMES:
            self.fields.update(amounts(f"{option}_"))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        pairs = [("cases_low", "cases_high"), *(
            (f"{option}_{part}_low", f"{option}_{part}_high") for option in OUTCOMES
            for part in PARTS)]  # fmt: skip
        for low, high in pairs:
            if data.get(low) is not None and data.get(high) is not None and data[low] > data[high]:
                self.add_error(high, _("This is less than “at least”."))
        return data

    def options(self) -> list[tuple[str, Any, list[Any]]]:
        """The amounts of each option, for the page."""
        ends = [f"{part}_{end}" for part in PARTS for end in ("low", "high")]
        return [(name, word, [self[f"{name}_{end}"] for end in ends])
                for name, word in OUTCOMES.items()]  # fmt: skip

    def said(self) -> Said:
        """What was entered, typed."""
        data = self.cleaned_data
        return Said(
            candidate=number_of(data["candidate"]), outcome=data["outcome"],
            sensible=data["sensible"], economical=data["economical"],
            costs={name: of for name in OUTCOMES if (of := _costs(data, name))},
            cases=_pair(data["cases_low"], data["cases_high"]), discount=data["discount"],
            review_on=data["review_on"],
        )  # fmt: skip


def _costs(data: dict[str, Any], option: str) -> dict[str, tuple[int, int]]:
    found = {}
    for part in PARTS:
        pair = _pair(data[f"{option}_{part}_low"], data[f"{option}_{part}_high"])
        if pair is not None:
            found[part] = pair
    return found


def _pair(low: int | None, high: int | None) -> tuple[int, int] | None:
    """One end alone stands for both."""
    if low is None and high is None:
        return None
    return (low if low is not None else high or 0, high if high is not None else low or 0)


def _initial(decision: Decision) -> dict[str, Any]:
    told: dict[str, Any] = {
        "outcome": decision.outcome, "candidate": str(decision.candidate_id or ""),
        "sensible": decision.sensible, "economical": decision.economical,
        "cases_low": decision.cases_low, "cases_high": decision.cases_high,
        "discount": decision.discount, "review_on": decision.review_on,
    }  # fmt: skip
    for option, of in decision.costs.items():
        for part, pair in of.items():
            told |= {f"{option}_{part}_low": pair[0], f"{option}_{part}_high": pair[1]}
    return told


@staff("service_reuse.see")
@require_safe
def decisions(request: HttpRequest) -> HttpResponse:
    """All that hold or are being prepared; with `due` those to be looked at again."""
    rows = Decision.objects.exclude(state="superseded").select_related("service", "candidate")
    if request.GET.get("due"):
        rows = rows.filter(state="decided", review_on__lte=clock.now().date())
    listed = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    services = Service.objects.filter(active=True).order_by("title").values_list("slug", "title")
    return page(request, "decisions", listed=listed, services=services,
                totals={one.pk: deciding.totals(one) for one in listed})  # fmt: skip


@staff("service_reuse.decide")
@require_POST
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """A draft for a service; `any` takes the service from the form."""
    wanted = request.POST.get("service", "") if slug == "any" else slug
    service = get_object_or_404(Service, slug=wanted)
    given = number_of(request.POST.get("candidate", ""))
    candidate = Candidate.objects.filter(pk=given, service=service).first()
    made = deciding.begin(service, candidate, actor=person(request))
    return redirect("service_reuse-staff:decision", made.pk)


@staff("service_reuse.see")
@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: HttpRequest, number: int) -> HttpResponse:
    """One decision; a draft can be changed and made."""
    rows = Decision.objects.select_related("service__department", "candidate", "decided_by")
    found = get_object_or_404(rows, pk=number)
    if request.method != "POST":
        return _page(request, found, DecisionForm(found))
    if not person(request).may("service_reuse.decide"):
        raise PermissionDenied
    return _saved(request, found)


def _saved(request: HttpRequest, found: Decision) -> HttpResponse:
    form = DecisionForm(found, request.POST)
    if not form.is_valid():
        return _page(request, found, form, 422)
    who = person(request)
    try:
        kept = deciding.keep(found.pk, form.said(), revision=_base(request), actor=who)
        if request.POST.get("do") == "decide":
            deciding.decide(kept.pk, revision=kept.revision, actor=who)
            messages.success(request, _("Decided. The reasons are public now."))
            return redirect("service_reuse-staff:decision", found.pk)
    except deciding.Overtaken as overtaken:
        messages.error(request, str(overtaken))
        return redirect("service_reuse-staff:decision", found.pk)
    except deciding.NotReady as problem:
        kept.refresh_from_db()
        for name, text in problem.texts.items():
            form.add_error(name if name in form.fields else None, text)
        return _page(request, kept, form, 422)
    messages.success(request, _("Saved. Not decided yet."))
    return redirect("service_reuse-staff:decision", found.pk)


def _base(request: HttpRequest) -> int:
    """The revision that the form was made from."""
    return number_of(request.POST.get("base", ""))


def _page(
    request: HttpRequest, found: Decision, form: DecisionForm, status: int = 200
) -> HttpResponse:
    totals = deciding.totals(found)
    return page(
        request, "decision", one=found, form=form, totals=totals, status=status,
        cheapest=costs.cheapest(totals),
        before=Decision.objects.filter(service=found.service_id, state="superseded"),
    )  # fmt: skip
