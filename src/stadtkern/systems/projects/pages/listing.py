"""All projects: what the address asks for, as cards and on a map."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from stadtkern.kernel.people.access import public
from stadtkern.kernel.sharing import one_page
from stadtkern.systems.projects import finding, locations
from stadtkern.systems.projects.content import STATUSES, THEMES
from stadtkern.systems.projects.finding import Entry, Wish


class Filters(forms.Form):
    """Words, theme, status, year, and whether it has a place."""

    q = forms.CharField(
        label=_("Words"), required=False, widget=forms.TextInput({"type": "search"})
    )
    theme = forms.ChoiceField(
        label=_("Theme"), required=False, choices=[("", _("all")), *THEMES.items()]
    )
    status = forms.ChoiceField(
        label=_("Status"), required=False,
        choices=[("", _("all")), *((key, word) for key, (_sign, word) in STATUSES.items())],
    )  # fmt: skip
    where = forms.ChoiceField(
        label=_("Where"), required=False,
        choices=[("", _("all")), ("place", _("at a place")), ("city", _("whole city"))],
    )  # fmt: skip
    year = forms.ChoiceField(label=_("Year"), required=False)

    def __init__(self, data: Any, years: Sequence[int]) -> None:
        super().__init__(data)
        choices = [("", _("all")), *((str(year), str(year)) for year in years)]
        self.fields["year"].choices = choices  # type: ignore[attr-defined]


@public
@require_safe
@one_page()
def home(request: HttpRequest) -> HttpResponse:
    """Cards first, the map below; one query for any number of projects."""
    wish = Wish.of(request.GET.dict())
    everything = finding.public()
    found = finding.find(wish)
    return render(request, "projects/home.html", {
        "filters": Filters(request.GET, finding.years(everything)),
        "filtered": wish != Wish(),
        "everything": len(everything),
        "found": found,
        "placed": [one for one in found if not one.content.citywide],
        "citywide": [one for one in found if one.content.citywide],
        "themes": _themes(everything),
        "wish": wish,
        "layers_url": _layers_url(request),
        "bounds": locations.bounds([spot for one in found for spot in one.content.spots]),
    })  # fmt: skip


def _themes(everything: Sequence[Entry]) -> list[tuple[str, Any, int]]:
    """Themes that have a project, with their number."""
    counts = [(key, title, sum(key in one.content.themes for one in everything))
              for key, title in THEMES.items()]  # fmt: skip
    return [one for one in counts if one[2]]


def _layers_url(request: HttpRequest) -> str:
    """The map shows what the list shows."""
    query = request.GET.urlencode()
    return reverse("projects:map-layers") + (f"?{query}" if query else "")
