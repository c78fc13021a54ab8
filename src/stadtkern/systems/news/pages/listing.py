"""All public news, warnings first."""

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
from stadtkern.systems.news import finding
from stadtkern.systems.news.finding import Wish
from stadtkern.systems.news.kinds import THEMES

PER_PAGE = 20


class Filters(forms.Form):
    """Words, theme, district."""

    q = forms.CharField(
        label=_("Words"), required=False, widget=forms.TextInput({"type": "search"})
    )
    theme = forms.ChoiceField(
        label=_("Theme"), required=False, choices=[("", _("all")), *THEMES.items()]
    )
    area = forms.ChoiceField(label=_("District"), required=False)

    def __init__(self, data: Any, areas: Sequence[Area]) -> None:
        super().__init__(data)
        named = [("", _("all")), *((str(one.pk), one.name) for one in areas)]
        self.fields["area"].choices = named  # type: ignore[attr-defined]


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The list."""
    wish = Wish.of(request.GET.dict())
    kept = request.GET.copy()
    kept.pop("page", None)
    return render(request, "news/home.html", {
        "filters": Filters(request.GET, finding.districts()),
        "filtered": wish != Wish(),
        "page": Paginator(finding.find(wish), PER_PAGE).get_page(request.GET.get("page")),
        "query": kept.urlencode(),
    })  # fmt: skip
