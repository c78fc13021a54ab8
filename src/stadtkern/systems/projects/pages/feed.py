"""What is new in the projects, as an Atom feed (RFC 4287)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from stadtkern.kernel import registry
from stadtkern.kernel.people.access import public
from stadtkern.kernel.things.series import city_zone
from stadtkern.systems.projects import finding
from stadtkern.systems.projects.finding import Entry
from stadtkern.systems.projects.templatetags.projects import said

MOST = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """A piece of news, or a project that became public."""

    id: str
    at: datetime
    title: str
    text: str
    slug: str


@public
@require_safe
@cache_control(public=True, max_age=900)
def news(request: HttpRequest) -> HttpResponse:
    """The newest news of all projects, or of `project`; new projects are news as well."""
    slug = request.GET.get("project", "")
    entries = [one for one in finding.public() if slug in ("", one.slug)]
    items = sorted((item for one in entries for item in _items(one)), key=lambda i: i.at)
    feed = Atom1Feed(
        title=_("Projects in %(city)s: news") % {"city": registry.city().city.name},
        link=request.build_absolute_uri(reverse("projects:home")),
        description="",
        language=get_language(),
        feed_url=request.build_absolute_uri(),
        author_name=registry.city().city.name,
    )
    for item in items[: -MOST - 1 : -1]:
        link = request.build_absolute_uri(reverse("projects:project", args=[item.slug]))
        feed.add_item(title=item.title, link=link, description=item.text, unique_id=item.id,
                      pubdate=item.at, updateddate=item.at)  # fmt: skip
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml")


def _items(one: Entry) -> Iterator[Item]:
    if began := one.project.first_published:
        yield Item(
            id=f"urn:stadtkern:project:{one.slug}", at=began, slug=one.slug,
            title=_("New project: %(title)s") % {"title": one.title},
            text=said(one.content, "summary"),
        )  # fmt: skip
    for told in one.content.news:
        at = datetime.combine(told.day, time(12), tzinfo=city_zone()).astimezone(UTC)
        title = f"{one.title}: {said(told, 'title')}"
        text = said(told, "text")
        yield Item(id=f"urn:uuid:{told.key}", at=at, slug=one.slug, title=title, text=text)
