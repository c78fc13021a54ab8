"""Bookings as calendar entries (iCalendar, RFC 5545; how they are cancelled: iTIP, RFC 5546)."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings

from stadtkern.kernel import clock, registry
from stadtkern.kernel.bookings.kinds import kind_of
from stadtkern.kernel.bookings.models import LIVE, Booking, Feed
from stadtkern.kernel.post.address import base
from stadtkern.kernel.post.letters import File
from stadtkern.kernel.things.series import city_zone

if TYPE_CHECKING:
    import icalendar

MAKER = "-//Stadtkern//Bookings//DE"
STATUS = {"held": "TENTATIVE", "cancelled": "CANCELLED", "expired": "CANCELLED"}
# What a feed shows.
BACK, AHEAD = timedelta(days=31), timedelta(days=400)


def method(booking: Booking) -> str:
    """What a calendar is to do with the entry: keep it, or take it out."""
    return "CANCEL" if STATUS.get(booking.state) == "CANCELLED" else "PUBLISH"


def entry(
    booking: Booking, *, summary: str = "", description: str = "", location: str = "", url: str = ""
) -> str:
    """One booking as a calendar file; the same booking has the same UID for ever."""
    calendar = _calendar([_event(booking, summary, description, location, url)])
    calendar.add("method", method(booking))
    return _text(calendar)


def attachment(booking: Booking, **words: str) -> File:
    """The calendar file to go with a mail; `words` are those of `entry`."""
    kind = f"text/calendar; method={method(booking)}; charset=utf-8"
    return File(name=f"{booking.code}.ics", type=kind, text=entry(booking, **words))


def feed(source: Feed) -> str:
    """The bookings of a resource, or of one unit of it, without saying who they are of."""
    now = clock.now()
    rows = Booking.objects.filter(
        resource=source.resource, state__in=(*LIVE, "finished", "missed"),
        begins__gt=now - BACK, begins__lt=now + AHEAD,
    ).select_related("resource__calendar", "resource__place")  # fmt: skip
    if source.unit_id:
        rows = rows.filter(occupancies__unit=source.unit_id)
    calendar = _calendar(
        _event(one, f"{kind_of(one.kind).title} {one.code}", "", "", "") for one in rows
    )
    name = f"{source.resource.title} {source.unit or ''}".strip()
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(minutes=15), parameters={"VALUE": "DURATION"})
    return _text(calendar)


def _calendar(events: Iterable["icalendar.Event"]) -> "icalendar.Calendar":
    import icalendar  # noqa: PLC0415  large, and few pages need it

    calendar = icalendar.Calendar()
    calendar.add("prodid", MAKER)
    calendar.add("version", "2.0")
    for one in events:
        calendar.add_component(one)
    return calendar


def _text(calendar: "icalendar.Calendar") -> str:
    calendar.add_missing_timezones()
    return str(calendar.to_ical().decode())


def _event(
    booking: Booking, summary: str, description: str, location: str, url: str
) -> "icalendar.Event":
    import icalendar  # noqa: PLC0415

    resource = booking.resource
    zone = ZoneInfo(resource.calendar.zone) if resource.calendar else city_zone()
    event = icalendar.Event()
    event.add("uid", f"{booking.public_id}@{urlsplit(base()).hostname}")
    event.add("dtstamp", booking.changed)
    event.add("sequence", booking.revision)
    event.add("dtstart", booking.begins.astimezone(zone))
    event.add("dtend", booking.ends.astimezone(zone))
    event.add("summary", summary or resource.title)
    event.add("status", STATUS.get(booking.state, "CONFIRMED"))
    organizer = icalendar.vCalAddress(f"mailto:{_mailbox()}")
    organizer.params["cn"] = icalendar.vText(registry.city().title)
    event.add("organizer", organizer)
    place = location or (resource.place.name if resource.place else "")
    for name, value in (("description", description), ("location", place), ("url", url)):
        if value:
            event.add(name, value)
    return event


def _mailbox() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip("> ")
