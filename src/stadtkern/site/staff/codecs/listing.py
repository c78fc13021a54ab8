"""The list of device profiles."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock, registry
from stadtkern.kernel.csv_file import csv_file
from stadtkern.kernel.devices.models import Profile
from stadtkern.kernel.devices.vocabulary import terms
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.codecs import words
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.lists import Column, Filters, any_of, listed, ordered
from stadtkern.site.staff.page import page

COLUMNS = (
    Column(title=_("Profile"), sort=("title",)),
    Column(title=_("What it measures")),
    Column(title=_("Devices"), sort=("count",), num=True),
    Column(title=_("In trouble"), sort=("failed",), num=True),
    Column(title=_("Examples"), sort=("examples_bad", "examples_good")),
    Column(title=_("Codec"), sort=("codec_kind", "version")),
)
HEAVY = ("codec", "examples", "results")
STATES = {
    "good": _("all reproduced"),
    "bad": _("some differ"),
    "none": _("not run"),
}


class ProfileFilters(Filters):
    """By name, by what is measured, by how the examples went, and whether devices use it."""

    q = forms.CharField(
        label=_("Name, vendor or model"), widget=forms.TextInput({"type": "search"})
    )
    property = forms.ChoiceField(label=_("Measures"))
    examples = forms.ChoiceField(label=_("Examples"), choices=any_of(list(STATES.items())))
    used = forms.ChoiceField(
        label=_("Used"),
        choices=any_of(
            [("yes", _("by devices")), ("no", _("by none")), ("open", _("mapping to confirm"))]
        ),
    )

    def prepare(self) -> None:
        """Everything that can be measured."""
        names = {t.slug: t.title for t in terms()}
        names |= {slug: str(o.title) for slug, o in registry.observed().items()}
        choices = sorted(names.items(), key=lambda pair: pair[1].casefold())
        self.fields["property"].choices = any_of(choices)  # type: ignore[attr-defined]

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that pass."""
        for word in str(self.given("q") or "").split():
            rows = rows.filter(
                Q(title__icontains=word)
                | Q(vendor__icontains=word)
                | Q(model__icontains=word)
                | Q(slug__icontains=word)
            )
        if slug := self.given("property"):
            rows = rows.filter(measures__contains=[{"property": slug}])
        return _used(_by_examples(rows, self.given("examples")), self.given("used"))


def _by_examples(rows: QuerySet[Any], state: str | None) -> QuerySet[Any]:
    if state == "good":
        return rows.filter(examples_bad=0, examples_good__gt=0)
    if state == "bad":
        return rows.filter(examples_bad__gt=0)
    if state == "none":
        return rows.filter(Q(examples_good=None) | Q(examples_good=0, examples_bad=0))
    return rows


def _used(rows: QuerySet[Any], used: str | None) -> QuerySet[Any]:
    if used == "open":
        return rows.filter(confirmed=False)
    return rows.filter(devices__isnull=used == "no") if used else rows


@staff("devices.see")
def profiles(request: HttpRequest) -> HttpResponse:
    """All profiles, thousands of them where a repository was imported."""
    filters = ProfileFilters(request)
    rows = filters.apply(Profile.objects.defer(*HEAVY))
    rows = rows.annotate(count=Count("devices", distinct=True), failed=_failed())
    if request.GET.get("format") == "csv":
        return _csv(ordered(rows, COLUMNS, request.GET.get("sort", "title")))
    found = listed(request, rows, COLUMNS, default="title")
    return page(
        request,
        "profiles",
        listed=found,
        filters=filters,
        csv=True,
        shown=[(one, words.titles(one)) for one in found.page],
        may_edit=person(request).may("devices.edit"),
    )


def _failed() -> Count:
    day = clock.now() - timedelta(days=1)
    return Count(
        "devices",
        filter=~Q(devices__problem="") & Q(devices__last_seen__gte=day),
        distinct=True,
    )


def _csv(rows: QuerySet[Any]) -> HttpResponse:
    return csv_file(
        "profiles",
        [
            "slug",
            "title",
            "vendor",
            "model",
            "measures",
            "devices",
            "examples",
            "differ",
            "licence",
        ],
        (
            [
                one.slug,
                one.title,
                one.vendor,
                one.model,
                words.titles(one, 99),
                one.count,
                one.examples_good,
                one.examples_bad,
                one.origin.get("licence", ""),
            ]
            for one in rows.iterator(chunk_size=500)
        ),
    )
