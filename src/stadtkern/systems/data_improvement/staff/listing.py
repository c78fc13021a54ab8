"""All examinations, the newest first, with how far people have come."""

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from stadtkern.kernel.contract import State
from stadtkern.kernel.people.access import staff
from stadtkern.systems.data_improvement.models import Examination, Improvement
from stadtkern.systems.data_improvement.staff.answer import page

PER_PAGE = 25
SIGNS: dict[str, State] = {"waiting": "info", "running": "info", "done": "good", "failed": "bad"}


class Filters(forms.Form):
    """By words and state."""

    q = forms.CharField(
        label=_("Words"), required=False, widget=forms.TextInput({"type": "search"})
    )
    state = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[("", _("all")), *Examination.STATES.items()],
    )  # fmt: skip

    def apply(self, rows: QuerySet[Examination]) -> QuerySet[Examination]:
        """The rows that pass."""
        for word in (self.cleaned_data.get("q") or "").split():
            rows = rows.filter(Q(title__icontains=word) | Q(dataset__title__icontains=word))
        if state := self.cleaned_data.get("state"):
            rows = rows.filter(state=state)
        return rows


def counted(rows: QuerySet[Examination]) -> QuerySet[Examination]:
    """With the numbers of proposals by what was decided."""
    return rows.order_by("-created", "-pk").annotate(
        open=Count("proposals", filter=Q(proposals__state="open")),
        accepted=Count("proposals", filter=Q(proposals__state="accepted")),
        refused=Count("proposals", filter=Q(proposals__state="refused")),
    )


@staff("data_improvement.see")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """A fixed number of queries for any number of examinations."""
    filters = Filters(request.GET)
    filters.is_valid()
    rows = filters.apply(counted(Examination.objects.select_related("dataset").defer("rows")))
    listed = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    improved = Improvement.objects.filter(current=True).select_related("dataset", "resource")
    return page(
        request, "home", filters=filters, listed=listed, improved=list(improved[:PER_PAGE]),
        rows=[(one, SIGNS[one.state], Examination.STATES[one.state]) for one in listed],
    )  # fmt: skip
