"""The list of measures with their effects, beside a map of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from stadtkern.kernel.contract import State
from stadtkern.kernel.effects import wording
from stadtkern.kernel.effects.models import KINDS, Analysis, Intervention
from stadtkern.kernel.people.access import public
from stadtkern.site import basemap
from stadtkern.site.dashboard.effects.about import SIGNS

PER_PAGE = 20
MOST_PINS = 500
GEOJSON = "application/geo+json"


class Filters(forms.Form):
    """What the list is narrowed to; it stands in the address."""

    q = forms.CharField(label=gettext_lazy("Search measures"), required=False, max_length=100)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False, choices=[("", gettext_lazy("all")), *KINDS]
    )
    verdict = forms.ChoiceField(
        label=gettext_lazy("What was found"), required=False,
        choices=[("", gettext_lazy("all")), *Analysis.VERDICTS],
    )  # fmt: skip

    def apply(self, rows: QuerySet[Intervention]) -> QuerySet[Intervention]:
        """The rows that pass; what makes no sense filters nothing."""
        self.is_valid()
        said = self.cleaned_data
        if q := said.get("q"):
            rows = rows.filter(
                Q(title__icontains=q) | Q(title_en__icontains=q) | Q(about__icontains=q)
            )
        if kind := said.get("kind"):
            rows = rows.filter(kind=kind)
        if verdict := said.get("verdict"):
            rows = rows.filter(pk__in=_public().filter(verdict=verdict).values("intervention"))
        return rows


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A measure on the list, with what was found."""

    one: Intervention
    sign: State
    verdict: str
    sentence: str


@public
@require_safe
def effects(request: HttpRequest) -> HttpResponse:
    """All published measures, the newest first; five queries for any number."""
    form = Filters(request.GET)
    rows = form.apply(Intervention.objects.public())
    page = Paginator(_with_results(rows), PER_PAGE).get_page(request.GET.get("page"))
    entries = [entry(one) for one in page.object_list]
    context = {"form": form, "page": page, "entries": entries, "filtered": bool(request.GET)}
    return render(request, "site/effects/list.html", context)


def _public() -> QuerySet[Analysis]:
    return Analysis.objects.filter(published__isnull=False, withdrawn=None)


def _with_results(rows: QuerySet[Intervention]) -> QuerySet[Intervention]:
    results = Prefetch("analyses", queryset=_public(), to_attr="results")
    return rows.select_related("observed_property").prefetch_related(results)


def entry(one: Any) -> Entry:
    """A measure that was selected with its public results."""
    if not one.results:
        return Entry(one=one, sign="none", verdict=_("no result yet"), sentence="")
    found: Analysis = one.results[0]
    return Entry(
        one=one,
        sign=SIGNS[found.verdict],
        verdict=found.get_verdict_display(),
        sentence=wording.sentence(one, found.input or {}, found.result or {}),
    )


@public
@require_safe
def layers(request: HttpRequest) -> JsonResponse:
    """One layer: the measures."""
    legend = [{"state": sign, "title": str(title)} for sign, title in _legend()]
    layer = {
        "slug": "effects", "title": _("Measures of the city"), "theme": "",
        "url": reverse("effects-pins"),
        "minZoom": 0, "legend": legend,
    }  # fmt: skip
    return JsonResponse({"layers": [layer], "credit": credit()})


def _legend() -> Iterable[tuple[State, Any]]:
    titles = dict(Analysis.VERDICTS)
    return [(SIGNS[slug], titles[slug]) for slug in ("effect", "none", "unclear")]


def credit() -> str:
    """Whom the ground of the map is owed to."""
    return "; ".join(f"{one.source} ({one.licence})" for one in basemap.credits())


@public
@require_safe
@cache_control(no_cache=True)
def pins(request: HttpRequest) -> JsonResponse:
    """The measures that have a place, coloured by what was found."""
    rows = _with_results(Intervention.objects.public().filter(west__isnull=False))
    features = [_feature(entry(one)) for one in rows[:MOST_PINS]]
    return JsonResponse({"type": "FeatureCollection", "features": features}, content_type=GEOJSON)


def _feature(found: Entry) -> dict[str, Any]:
    one = found.one
    address = reverse("effect", args=[one.slug])
    return pin(
        str(one.pk), middle(one), name=one.heading, url=address, state=found.sign,
        text=found.verdict,
    )  # fmt: skip


def middle(one: Intervention) -> tuple[float, float]:
    """The middle of a measure's box."""
    assert one.west is not None
    assert one.south is not None
    return ((one.west + (one.east or one.west)) / 2, (one.south + (one.north or one.south)) / 2)


def pin(
    key: str, at: tuple[float, float], *, name: str, url: str, state: State, text: str
) -> dict[str, Any]:
    """A pin as the map reads it."""
    return {
        "type": "Feature",
        "id": key,
        "geometry": {"type": "Point", "coordinates": [round(at[0], 6), round(at[1], 6)]},
        "properties": {
            "name": name, "url": url, "panel_url": url, "state": state, "label": "", "text": text,
            "share": None, "at": None, "stale": False, "small": False, "datastreams": [],
        },
    }  # fmt: skip
