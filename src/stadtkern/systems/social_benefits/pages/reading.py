"""All benefits by topic, one benefit, and where to get advice; nothing personal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from stadtkern.kernel.cases.models import FormVersion, Service
from stadtkern.kernel.contract import Page
from stadtkern.kernel.people.access import public
from stadtkern.kernel.people.models import Department
from stadtkern.systems.social_benefits.logic import figures
from stadtkern.systems.social_benefits.logic.benefits import (
    TOPICS,
    Benefit,
    Exclusion,
    First,
    book,
    in_words,
)

TITLES = {
    "living": gettext_lazy("Money to live on"), "home": gettext_lazy("Home and rent"),
    "children": gettext_lazy("Children and family"), "work": gettext_lazy("Work and training"),
    "health": gettext_lazy("Health, care and disability"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Advice:
    """Somewhere to ask: an office of the list, with its department's contact where it has one."""

    title: str
    about: str
    department: Department | None


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The way into the finder, the list, the offices, and how well it goes without paper."""
    known = book()
    words = request.GET.get("q", "").strip()[:60]
    found = [one for one in known.benefits if _matches(one, words)]
    groups = [(TITLES[topic], [one for one in found if topic in one.topics]) for topic in TOPICS]
    return render(request, "social_benefits/home.html", {
        "groups": [(title, some) for title, some in groups if some], "words": words,
        "advice": advice(known.benefits), "figure": figures.overall(), "online": _online(),
    })  # fmt: skip


def _matches(benefit: Benefit, words: str) -> bool:
    said = " ".join((*benefit.title.values(), *benefit.about.values())).lower()
    return all(word in said for word in words.lower().split())


def _online() -> set[str]:
    """Slugs of forms that people can fill in now."""
    wanted = {one.form for one in book().benefits if one.form}
    rows = FormVersion.objects.filter(form__slug__in=wanted, state="published")
    return set(rows.values_list("form__slug", flat=True))


def advice(benefits: Iterable[Benefit]) -> list[Advice]:
    """The offices of these benefits, each once, the city's own with how to reach them."""
    by_title: dict[str, list[Benefit]] = {}
    for one in benefits:
        by_title.setdefault(in_words(one.office.title), []).append(one)
    slugs = {one.office.department for one in benefits if one.office.department}
    rows = {row.slug: row for row in Department.objects.filter(slug__in=slugs)}
    return [
        Advice(title=title, about=", ".join(in_words(one.title) for one in some[:4]),
               department=rows.get(some[0].office.department))
        for title, some in by_title.items()
    ]  # fmt: skip


@public
@require_safe
def benefit(request: HttpRequest, slug: str) -> HttpResponse:
    """What it is, what counts, where to apply."""
    known = book()
    one = known.benefit(slug)
    if one is None:
        raise Http404
    return render(request, "social_benefits/benefit.html", {
        "one": one, "rules": [known.rules[name] for name in one.rules],
        "advice": advice([one])[0], "online": one.form in _online(),
        "service": Service.objects.filter(slug=slug, active=True).first(),
        "excluded": [each for each in known.excludes if slug in (each.winner, each.loser)],
        "before": _neighbours(known.first, slug),
        "sources": sources(slug, (*known.excludes, *known.first)),
    })  # fmt: skip


def _neighbours(first: Sequence[First], slug: str) -> list[Benefit]:
    """What is asked for before it."""
    names = [each.before for each in first if each.after == slug]
    return [one for one in book().benefits if one.slug in names]


def sources(slug: str, relations: Sequence[Exclusion | First]) -> list[str]:
    """Where the relations of a benefit come from, each once."""
    told: dict[str, None] = {}
    for each in relations:
        ends = (each.winner, each.loser) if isinstance(each, Exclusion) else (
            each.before, each.after)  # fmt: skip
        if slug in ends:
            year = _("%(law)s (as of %(year)s)") % {"law": each.source, "year": each.as_of}
            told[year if each.as_of else each.source] = None
    return list(told)


def pages() -> list[Page]:
    """Each benefit, for home's search and the sitemap."""
    return [
        Page(title=in_words(one.title), to="social_benefits:benefit", args=(one.slug,),
             summary=in_words(one.about), words=_("social benefit, money, help"))
        for one in book().benefits
    ]  # fmt: skip
