"""Events for other programs: iCalendar (RFC 5545), Atom (RFC 4287), JSON-LD; filtered alike."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from stadtkern.kernel import calendar_file, registry
from stadtkern.kernel.people.access import public
from stadtkern.kernel.things.series import city_zone
from stadtkern.systems.events import finding
from stadtkern.systems.events.finding import Wish
from stadtkern.systems.events.models import Event
from stadtkern.systems.events.templatetags.events import when
from stadtkern.systems.events.told import as_schema, entries

MOST = 300


def _title() -> str:
    return _("Events in %(city)s") % {"city": registry.city().city.name}


def _link(request: HttpRequest, event: Event) -> str:
    return request.build_absolute_uri(reverse("events:event", args=[event.slug]))


def _file(text: str, name: str) -> HttpResponse:
    answer = HttpResponse(text, content_type=calendar_file.TYPE)
    answer["Content-Disposition"] = f'inline; filename="{name}.ics"'
    return answer


@public
@require_safe
@cache_control(public=True, max_age=900)
def ics(request: HttpRequest) -> HttpResponse:
    """A calendar to subscribe to: series as series, cancelled dates as cancelled."""
    found = finding.for_feed(Wish.of(request.GET.dict()), MOST)
    listed = [entry for event in found
              for entry in entries(event, event.different, _link(request, event))]  # type: ignore[attr-defined]  # fmt: skip
    return _file(calendar_file.write(_title(), listed, city_zone()), "events")


@public
@require_safe
@cache_control(public=True, max_age=900)
def one_ics(request: HttpRequest, slug: str) -> HttpResponse:
    """One event for one's own calendar."""
    event = get_object_or_404(Event.objects.public().select_related("place"), slug=slug)
    different = list(event.occasions.exclude(state="scheduled"))
    listed = list(entries(event, different, _link(request, event)))
    return _file(calendar_file.write(event.heading, listed, city_zone()), slug)


@public
@require_safe
@cache_control(public=True, max_age=900)
def atom(request: HttpRequest) -> HttpResponse:
    """What was added or changed, the newest first."""
    feed = Atom1Feed(
        title=_title(), link=request.build_absolute_uri(reverse("events:home")), description="",
        language=get_language(), feed_url=request.build_absolute_uri(),
        author_name=registry.city().city.name,
    )  # fmt: skip
    found = finding.for_feed(Wish.of(request.GET.dict()), MOST)
    for event in sorted(found, key=lambda one: one.changed, reverse=True)[:50]:
        cancelled = f"{_('Event cancelled')}: " if event.cancelled else ""
        feed.add_item(
            title=f"{cancelled}{event.heading} ({when(event)})", link=_link(request, event),
            description=event.body, unique_id=f"urn:uuid:{event.public_id}",
            pubdate=event.published or event.created, updateddate=event.changed,
        )  # fmt: skip
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml")


@public
@require_safe
@cache_control(public=True, max_age=900)
def graph(request: HttpRequest) -> HttpResponse:
    """The next dates as schema.org events in one graph."""
    rows = finding.find(Wish.of(request.GET.dict()))[:MOST]
    told = [{**as_schema(row.event, row, _link(request, row.event)),
             "@id": f"urn:uuid:{row.event.public_id}#{row.original:%Y%m%dT%H%M}"}
            for row in rows]  # fmt: skip
    answer = {"@context": "https://schema.org", "@graph": told}
    return JsonResponse(answer, content_type="application/ld+json")
