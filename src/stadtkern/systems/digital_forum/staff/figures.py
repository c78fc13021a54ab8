"""How many came, why, how it ended, where it stopped: at the desk and at the screens."""

import csv
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from stadtkern.kernel.people.access import staff
from stadtkern.systems.digital_forum.logic import visits
from stadtkern.systems.digital_forum.models import REASONS, STOPPED
from stadtkern.systems.digital_forum.models.screen import OUTCOMES
from stadtkern.systems.digital_forum.pages.screen import TOPICS
from stadtkern.systems.digital_forum.staff.answer import page

SPANS = {"7": 7, "30": 30, "365": 365}


def _span(request: HttpRequest) -> tuple[str, date]:
    asked = request.GET.get("days", "30")
    key = asked if asked in SPANS else "30"
    return key, visits.today() - timedelta(days=SPANS[key])


def _screens(found: visits.Figures) -> list[tuple[str, dict[str, int]]]:
    """By topic in words: how often each outcome."""
    titles = {one.slug: str(one.title) for one in TOPICS}
    by_topic: dict[str, dict[str, int]] = {}
    for row in found.screens:
        by_topic.setdefault(row["topic"], {})[row["outcome"]] = row["n"]
    return [(titles.get(slug, slug), counts) for slug, counts in by_topic.items()]


@staff("digital_forum.run")
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """For a week, a month or a year."""
    key, since = _span(request)
    found = visits.figures(since)
    screens = [(title, [(word, counts.get(name, 0)) for name, word in OUTCOMES.items()])
               for title, counts in _screens(found)]  # fmt: skip
    return page(
        request, "figures", found=found, span=key, spans=SPANS, outcomes=OUTCOMES.values(),
        reasons=[(REASONS[slug], n) for slug, n in found.reasons.items()],
        stopped=[(STOPPED[slug], n) for slug, n in found.stopped.items()], screens=screens,
        most=max(found.reasons.values(), default=0),
    )  # fmt: skip


@staff("digital_forum.run")
@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    """The same as a table."""
    _key, since = _span(request)
    found = visits.figures(since)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="digitalforum.csv"'
    rows = csv.writer(answer, delimiter=";")
    rows.writerow(["what", "which", "outcome", "number"])
    rows.writerows(["reason", slug, "", n] for slug, n in found.reasons.items())
    rows.writerows(["stopped", slug, "", n] for slug, n in found.stopped.items())
    rows.writerows(["screen", one["topic"], one["outcome"], one["n"]] for one in found.screens)
    rows.writerows(["page", one["page"], "", one["n"]] for one in found.pages)
    return answer
