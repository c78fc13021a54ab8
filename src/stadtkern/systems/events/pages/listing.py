"""What is on: a list and a month of it, narrowed by what the address asks for."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from stadtkern.kernel.people.access import public
from stadtkern.kernel.places.models import Area
from stadtkern.kernel.sharing import one_page
from stadtkern.systems.events import finding
from stadtkern.systems.events.finding import Wish
from stadtkern.systems.events.kinds import CATEGORIES

PER_PAGE = 24
IN_A_DAY = 3


class Filters(forms.Form):
    """Words, district, interest, days, free of charge, accessible."""

    q = forms.CharField(
        label=_("Words"), required=False, widget=forms.TextInput({"type": "search"})
    )
    area = forms.ChoiceField(label=_("District"), required=False)
    category = forms.ChoiceField(
        label=_("Interest"), required=False, choices=[("", _("all")), *CATEGORIES.items()]
    )
    free = forms.BooleanField(label=_("Free of charge"), required=False)
    accessible = forms.BooleanField(label=_("Without steps"), required=False)

    def __init__(self, data: Any, areas: Sequence[Area]) -> None:
        super().__init__(data)
        named = [("", _("all")), *((str(one.pk), one.name) for one in areas)]
        self.fields["area"].choices = named  # type: ignore[attr-defined]
        # `from` and `to` are words of Python.
        for name, label in (("from", _("From")), ("to", _("Until"))):
            self.fields[name] = forms.DateField(
                label=label, required=False, widget=forms.DateInput({"type": "date"})
            )
        self.order_fields(["q", "area", "category", "from", "to", "free", "accessible"])


@public
@require_safe
@one_page()
def home(request: HttpRequest) -> HttpResponse:
    """The list, or with `view=month` the month; the same filters for both."""
    wish = Wish.of(request.GET.dict())
    said: dict[str, Any] = {
        "wish": wish,
        "filters": Filters(request.GET, finding.districts()),
        "filtered": wish != Wish(),
        "query": _query(request),
    }
    if request.GET.get("view") == "month":
        first = finding.month_of(request.GET.get("month", ""))
        found = finding.month(first, wish)
        return render(request, "events/month.html", {**said, "month": found, "most": IN_A_DAY})
    page = Paginator(finding.find(wish), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "events/home.html", {**said, "page": page})


def _query(request: HttpRequest) -> str:
    """The filters as a feed takes them along."""
    kept = request.GET.copy()
    for name in ("page", "view", "month"):
        kept.pop(name, None)
    return kept.urlencode()
