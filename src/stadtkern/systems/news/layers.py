"""What dashboard and the app's first page show of the news."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stadtkern.kernel import registry
from stadtkern.kernel.contract import Headline, Page, Reading
from stadtkern.kernel.ui.numbers import figure
from stadtkern.systems.news import finding
from stadtkern.systems.news.finding import Wish

LINES = 5


def news_tile() -> Reading | None:
    """How many news are public; a warning stands first."""
    rows = finding.find(Wish())
    newest = rows.first()
    if newest is None:
        return None
    count = rows.count()
    return Reading(
        value=figure(count), unit=ngettext("piece of news", "pieces of news", count),
        source=_("News of the city of %(city)s") % {"city": registry.city().city.name},
        at=newest.begins, stale=False, detail=newest.heading, url=reverse("news:home"),
    )  # fmt: skip


def lines() -> list[Headline]:
    """Warnings, then the newest."""
    return [
        Headline(
            title=one.heading, at=one.begins, urgent=one.warning,
            url=reverse("news:article", args=[one.slug]), text=Truncator(one.body).chars(110),
        )
        for one in finding.find(Wish())[:LINES]
    ]  # fmt: skip


def pages() -> Iterator[Page]:
    """The public news, for the search and the sitemap."""
    for one in finding.find(Wish()):
        yield Page(
            title=one.heading, to="news:article", args=(one.slug,), changed=one.changed,
            summary=Truncator(one.body).chars(160),
        )  # fmt: skip
