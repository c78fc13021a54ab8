"""All events: what waits to be checked comes first."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, Min, Q, Value, When
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.catalogue.find.words import fold, terms
from stadtkern.kernel.people.access import staff
from stadtkern.systems.events.kinds import STATES
from stadtkern.systems.events.models import Event, Source
from stadtkern.systems.events.staff.answer import page

PER_PAGE = 40


class Filters(forms.Form):
    """Words, state, source, past ones too."""

    q = forms.CharField(
        label=_("Words"), required=False, widget=forms.TextInput({"type": "search"})
    )
    state = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[("", _("all")), *((key, word) for key, (_sign, word) in STATES.items())],
    )  # fmt: skip
    source = forms.ModelChoiceField(
        Source.objects.all(), label=_("Source"), required=False, empty_label=_("all")
    )
    past = forms.BooleanField(label=_("Past ones too"), required=False)


@staff("events.edit")
@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """The list."""
    filters = Filters(request.GET)
    filters.is_valid()
    listed = Paginator(_rows(filters.cleaned_data), PER_PAGE).get_page(request.GET.get("page"))
    waiting = Event.objects.filter(state="submitted").count()
    return page(request, "events", filters=filters, listed=listed, waiting=waiting)


def _rows(said: dict[str, Any]) -> Any:
    rows: Any = Event.objects.defer("large", "small", "words", "text", "text_en")
    rows = rows.select_related("place")
    coming = Q(occasions__ends__gte=clock.now())
    rows = rows.annotate(
        next=Min("occasions__begins", filter=coming),
        first=Case(When(state="submitted", then=Value(0)), default=Value(1),
                   output_field=IntegerField()),
    )  # fmt: skip
    if not said.get("past"):
        rows = rows.filter(next__isnull=False)
    if said.get("state"):
        rows = rows.filter(state=said["state"])
    if said.get("source"):
        rows = rows.filter(origins__source=said["source"])
    for word in terms(said.get("q") or ""):
        rows = rows.filter(words__contains=fold(word))
    return rows.order_by("first", "next", "id")
