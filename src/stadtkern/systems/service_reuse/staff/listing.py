"""The register for staff."""

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from stadtkern.kernel.people.access import staff
from stadtkern.systems.service_reuse import register as table
from stadtkern.systems.service_reuse.models import STATES, STEPS, Candidate, Decision
from stadtkern.systems.service_reuse.staff.answer import page

PER_PAGE = 50
ALL = ("", gettext_lazy("all"))


class Filters(forms.Form):
    """By words, step and maker."""

    q = forms.CharField(
        label=gettext_lazy("Words"), required=False, widget=forms.TextInput({"type": "search"})
    )
    step = forms.ChoiceField(label=gettext_lazy("How far the city is"), required=False,
                             choices=[ALL, *STEPS.items()])  # fmt: skip
    state = forms.ChoiceField(label=gettext_lazy("Made by"), required=False,
                              choices=[ALL, *STATES.items()])  # fmt: skip


@staff("service_reuse.see")
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """The candidates that the address asks for; three statements for any number of them."""
    filters = Filters(request.GET or None)
    said = filters.cleaned_data if filters.is_valid() else {}
    rows = Candidate.objects.select_related("service__department")
    for word in str(said.get("q") or "").split():
        rows = rows.filter(Q(title__icontains=word) | Q(service__title__icontains=word)
                           | Q(operator__icontains=word))  # fmt: skip
    for name in ("step", "state"):
        if said.get(name):
            rows = rows.filter(**{name: said[name]})
    if request.GET.get("as") == "csv":
        answer = HttpResponse(table.as_csv(rows), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="services-of-others.csv"'
        return answer
    listed = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    decided = {one.service_id: one for one in Decision.objects.filter(
        state="decided", service__in=[row.service_id for row in listed])}  # fmt: skip
    return page(request, "register", filters=filters, listed=listed, decided=decided)
