"""News for other programs: Atom (RFC 4287), RSS 2.0 and JSON Feed 1.1; filtered alike."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from stadtkern.kernel import registry
from stadtkern.kernel.people.access import public
from stadtkern.systems.news import finding
from stadtkern.systems.news.finding import Wish
from stadtkern.systems.news.models import Article

MOST = 50


def _title() -> str:
    return _("News from %(city)s") % {"city": registry.city().city.name}


def _rows(request: HttpRequest) -> list[Article]:
    return list(finding.find(Wish.of(request.GET.dict())).order_by("-begins", "-id")[:MOST])


def _link(request: HttpRequest, one: Article) -> str:
    return request.build_absolute_uri(reverse("news:article", args=[one.slug]))


def _written(request: HttpRequest, kind: type[Atom1Feed | Rss201rev2Feed]) -> HttpResponse:
    feed = kind(
        title=_title(), link=request.build_absolute_uri(reverse("news:home")),
        description=_title(), language=get_language(), feed_url=request.build_absolute_uri(),
        author_name=registry.city().city.name,
    )  # fmt: skip
    for one in _rows(request):
        feed.add_item(
            title=one.heading, link=_link(request, one), description=one.body,
            unique_id=f"urn:uuid:{one.public_id}", unique_id_is_permalink=False,
            pubdate=one.begins, updateddate=one.changed, categories=[one.theme],
        )  # fmt: skip
    return HttpResponse(feed.writeString("utf-8"), content_type=kind.content_type)


@public
@require_safe
@cache_control(public=True, max_age=600)
def atom(request: HttpRequest) -> HttpResponse:
    """The newest first."""
    return _written(request, Atom1Feed)


@public
@require_safe
@cache_control(public=True, max_age=600)
def rss(request: HttpRequest) -> HttpResponse:
    """The newest first."""
    return _written(request, Rss201rev2Feed)


@public
@require_safe
@cache_control(public=True, max_age=600)
def json_feed(request: HttpRequest) -> JsonResponse:
    """The newest first."""
    items = [
        {
            "id": f"urn:uuid:{one.public_id}", "url": _link(request, one), "title": one.heading,
            "content_text": one.body, "date_published": one.begins.isoformat(),
            "date_modified": one.changed.isoformat(), "tags": [one.theme],
        }
        for one in _rows(request)
    ]  # fmt: skip
    told = {
        "version": "https://jsonfeed.org/version/1.1", "title": _title(),
        "home_page_url": request.build_absolute_uri(reverse("news:home")),
        "feed_url": request.build_absolute_uri(), "language": get_language(), "items": items,
    }  # fmt: skip
    return JsonResponse(told, content_type="application/feed+json")
