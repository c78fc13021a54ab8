"""The page of a dataset: what it is, how good and fresh, its parts, and how to use it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stadtkern.kernel import registry
from stadtkern.kernel.catalogue import vocabulary
from stadtkern.kernel.catalogue.dcat import address, schema_org
from stadtkern.kernel.catalogue.dcat.catalogue import fetched
from stadtkern.kernel.catalogue.find.related import Related, related
from stadtkern.kernel.catalogue.models import Dataset, Judgement, Resource, Version
from stadtkern.kernel.people.access import public
from stadtkern.systems.open_data import cells, changes, cite, doors, logic, preview
from stadtkern.systems.open_data.models import Letter
from stadtkern.systems.open_data.pages.labels import ORIGINS

GLANCE = 5
MOST_POINTS = 405
# What may not stand in a script element, written so that JSON stays the same.
ESCAPED: Final = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A resource as the page shows it: its version, a glance at its rows, its doors."""

    resource: Resource
    version: Version | None
    heads: Sequence[str]
    rows: Sequence[preview.Row]
    doors: doors.Doors


@dataclass(frozen=True, kw_only=True, slots=True)
class Kin:
    """A related dataset and why it is."""

    dataset: Dataset
    reason: str


@public
@require_safe
def dataset(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything about one dataset; a withdrawn one is gone."""
    one = get_object_or_404(fetched(Dataset.objects.published()), slug=slug)
    if request.method == "GET":
        logic.visited(one, request.headers.get("User-Agent", ""))
    site = address.base(request)
    page = request.build_absolute_uri(request.path)
    parts = parts_of(one, site)
    newest = next((part.version for part in parts if part.version), None)
    checked = max((p.resource.checked for p in parts if p.resource.checked), default=None)
    return render(request, "open_data/dataset.html", {
        "dataset": one,
        "parts": parts,
        "late": logic.late(one, checked),
        "checked": checked,
        "changes": changes.changes(one),
        "kin": [Kin(dataset=each.dataset, reason=reason(each)) for each in related(one)],
        "showcases": list(Letter.objects.showcases().filter(uses__dataset=one)[:6]),
        "quality": quality(one),
        "json_ld": data_block(schema_org.json_ld(one, site)),
        "citation": cite.citation(one, page, newest),
        "credit": cite.credit_line(one, page),
        **facts(one),
    })  # fmt: skip


def facts(one: Dataset) -> dict[str, Any]:
    """What stands in the list of facts, in words."""
    return {
        "licence": cite.licence_of(one),
        "themes": [(key, vocabulary.THEMES.get(key, key)) for key in one.themes],
        "rhythm": vocabulary.RHYTHMS.get(one.rhythm, one.rhythm),
        "hvd": vocabulary.HVD.get(one.hvd, ""),
        "origin": ORIGINS.get(one.origin, ""),
        "home": home_of(one),
        "live": doors.live_url(one),
    }


def parts_of(one: Dataset, site: str) -> list[Part]:
    """Its resources with their current versions; one statement for each table's first rows."""
    made = []
    for resource in one.resources.all():
        resource.dataset = one
        version = next(iter(resource.versions.all()), None)
        shown = version is not None and version.columns and not version.dropped
        made.append(Part(
            resource=resource, version=version,
            heads=[cells.title_of(one) for one in version.columns] if version and shown else [],
            rows=preview.first_rows(version, GLANCE) if version and shown else [],
            doors=doors.doors_of(resource, site, version=version),
        ))  # fmt: skip
    return made


def quality(one: Dataset) -> Mapping[str, Any] | None:
    """What the nightly check of the record said; None where it has not been checked."""
    judged = Judgement.objects.filter(dataset=one).first()
    if judged is None:
        return None
    share = min(1.0, judged.points / MOST_POINTS)
    word = _("very good") if share > 0.75 else _("good") if share > 0.5 else _("needs work")
    return {"judgement": judged, "share": share, "word": word, "most": MOST_POINTS}


def home_of(one: Dataset) -> tuple[str, str] | None:
    """The page of the system that the data come from, and what it is called."""
    if not one.system or not registry.is_on(one.system):
        return None
    system = registry.system(one.system)
    entry = next((nav for nav in system.nav if nav.audience == "public"), None)
    try:
        return (str(system.title), reverse(entry.to)) if entry else None
    except NoReverseMatch:
        return None


def reason(each: Related) -> str:
    """Why a dataset is shown beside another."""
    if each.keywords:
        return _("same keywords: %(words)s") % {"words": ", ".join(each.keywords[:3])}
    if len(each.columns) > 1:
        return _("same columns: %(words)s") % {"words": ", ".join(each.columns[:3])}
    return _("same theme and area") if each.near else _("same theme")


def data_block(said: Mapping[str, Any]) -> SafeString:
    """JSON for a script element that is data: never run, so that the strict policy lets it be."""
    text = json.dumps(said, ensure_ascii=False).translate(ESCAPED)
    return mark_safe(text)  # noqa: S308  nothing in it can end the element
