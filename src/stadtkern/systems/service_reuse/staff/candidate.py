"""One service of others: what is known, checked, tried and decided, and its next step."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from stadtkern.kernel.people.access import staff
from stadtkern.systems.service_reuse import drifting, lists, stepping, trying
from stadtkern.systems.service_reuse.lists import Item
from stadtkern.systems.service_reuse.models import (
    STEPS,
    VERDICTS,
    Candidate,
    Decision,
    Finding,
)
from stadtkern.systems.service_reuse.staff.answer import number_of, page, person


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of a list with what was found."""

    item: Item
    finding: Finding | None

    @property
    def verdict(self) -> str:
        """Open where nobody has looked."""
        return self.finding.verdict if self.finding else "open"

    @property
    def word(self) -> str:
        """The verdict in words."""
        return str(VERDICTS[self.verdict])


class FindingForm(forms.Form):
    """What was found about a line."""

    verdict = forms.ChoiceField(choices=list(VERDICTS.items()))
    note = forms.CharField(max_length=500, required=False)
    url = forms.URLField(max_length=500, required=False, assume_scheme="https")


class FileForm(forms.Form):
    """A FIM data schema."""

    file = forms.FileField(
        label=gettext_lazy("FIM data schema"),
        help_text=gettext_lazy("An XML file in XDatenfelder 2 or 3, as FIM portals offer it."),
    )


@staff("service_reuse.see")
@require_safe
def candidate(request: HttpRequest, number: int) -> HttpResponse:
    """Everything about it."""
    return _page(request, _found(number))


def _found(number: int) -> Candidate:
    rows = Candidate.objects.select_related("service__department", "online")
    return get_object_or_404(rows, pk=number)


def _page(request: HttpRequest, found: Candidate, status: int = 200, **said: Any) -> HttpResponse:
    findings = list(found.findings.all())
    return page(
        request, "candidate", one=found, status=status,
        steps=[(name, STEPS[name], _is_done(found, name)) for name in stepping.ORDER],
        moves=[(to, STEPS[to], stepping.missing(found, to)) for to in stepping.MOVES[found.step]],
        history=found.steps.order_by("-at", "-id"),
        requirements=_lines("requirements", findings), connection=_lines("connection", findings),
        list_of=lists.read("requirements"), verdicts=VERDICTS.items(),
        trials=found.trials.select_related("back_office")[:10], offices=trying.offices(),
        drifts=found.drifts.all()[:5], form=drifting.published_form(found),
        decisions=Decision.objects.filter(service=found.service_id).exclude(state="draft"),
        draft=Decision.objects.filter(service=found.service_id, state="draft").first(),
        **{"file_form": FileForm(), **said},
    )  # fmt: skip


def _is_done(found: Candidate, name: str) -> bool:
    order = stepping.ORDER
    return found.step in order and order.index(name) < order.index(found.step)


def _lines(slug: str, findings: list[Finding]) -> list[tuple[lists.Group, list[Line]]]:
    known: Mapping[str, Finding] = {one.item: one for one in findings if one.checklist == slug}
    return [(group, [Line(item=item, finding=known.get(item.id)) for item in group.items])
            for group in lists.read(slug).groups]  # fmt: skip


@staff("service_reuse.see")
@require_POST
def act(request: HttpRequest, number: int) -> HttpResponse:
    """Take a step, note a finding, try the connection; each needs its right."""
    deeds = {"move": (_move, "edit"), "finding": (_finding, "edit"), "note": (_note, "edit"),
             "try": (_try, "edit")}  # fmt: skip
    deed, right = deeds.get(request.POST.get("do", ""), (None, ""))
    if deed is None:
        raise Http404
    # Whether people are led elsewhere is decided by those who decide.
    if request.POST.get("to") == "live" or (request.POST.get("do") == "move" and _is_live(number)):
        right = "decide"
    if not person(request).may(f"service_reuse.{right}"):
        raise PermissionDenied
    anchor = deed(request, _found(number))
    return redirect(reverse("service_reuse-staff:candidate", args=[number]) + anchor)


def _is_live(number: int) -> bool:
    return Candidate.objects.live().filter(pk=number).exists()


def _move(request: HttpRequest, found: Candidate) -> str:
    said = request.POST
    try:
        stepping.move(
            found.pk, said.get("to", ""), actor=person(request), note=said.get("note", ""),
            complete="complete" in said, back_to_own="back_to_own" in said,
        )  # fmt: skip
    except stepping.NotPossible as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("The step is taken."))
    return ""


def _finding(request: HttpRequest, found: Candidate) -> str:
    slug, item = request.POST.get("list", ""), request.POST.get("item", "")
    if slug not in ("requirements", "connection") or item not in lists.read(slug).items():
        raise Http404
    form = FindingForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        stepping.find_out(found, slug, item, said["verdict"], note=said["note"], url=said["url"],
                          actor=person(request))  # fmt: skip
        messages.success(request, _("Noted."))
    else:
        messages.error(request, _("Evidence is a web address that begins with https://."))
    return f"#{slug}-{item}"


def _note(request: HttpRequest, found: Candidate) -> str:
    text = request.POST.get("text", "").strip()
    if not text:
        messages.error(request, _("Write what you have tried and what came of it."))
    else:
        trying.note(found, text, good=request.POST.get("good") == "yes", actor=person(request))
        messages.success(request, _("Noted."))
    return "#trials"


def _try(request: HttpRequest, found: Candidate) -> str:
    number = number_of(request.POST.get("office", ""))
    office = next((one for one in trying.offices() if one.pk == number), None)
    try:
        if office is None:
            raise trying.NotPossible(_("Choose a connection by FIT-Connect."))
        trying.ask(found, office, actor=person(request))
    except trying.NotPossible as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("It is being tried. Load the page again in a moment."))
    return "#trials"


@staff("service_reuse.edit")
@require_POST
def drift(request: HttpRequest, number: int) -> HttpResponse:
    """Compare our form with a FIM data schema."""
    found, form = _found(number), FileForm(request.POST, request.FILES)
    if form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            drifting.report(found, upload.read(drifting.LARGEST + 1), upload.name,
                            actor=person(request))  # fmt: skip
        except drifting.NotComparable as problem:
            form.add_error("file", str(problem))
        else:
            messages.success(request, _("Compared. The report stands below."))
            return redirect(reverse("service_reuse-staff:candidate", args=[number]) + "#drift")
    return _page(request, found, 422, file_form=form)
