"""Events in the words of others: schema.org, and entries of a calendar file."""

from collections.abc import Iterator
from typing import Any

from django.utils.text import Truncator

from stadtkern.kernel.calendar_file import Entry
from stadtkern.kernel.things.series import city_zone
from stadtkern.systems.events.models import Event, Occasion
from stadtkern.systems.events.templatetags.events import interest

SCHEMA = "https://schema.org/"


def as_schema(event: Event, date: Occasion | None, url: str) -> dict[str, Any]:
    """schema.org `Event` of one date, or of the event's first."""
    at = date or event
    place = event.place
    told: dict[str, Any] = {
        "@type": "Event",
        "@id": f"urn:uuid:{event.public_id}",
        "name": event.heading,
        "description": Truncator(event.body).chars(600),
        "url": url,
        "startDate": _instant(at.begins, event),
        "endDate": _instant(at.ends, event),
        "eventStatus": f"{SCHEMA}{status(event, date)}",
        "eventAttendanceMode": f"{SCHEMA}OfflineEventAttendanceMode",
        "isAccessibleForFree": event.free,
        "organizer": {"@type": "Organization", "name": event.organiser} if event.organiser else "",
        "audience": {"@type": "Audience", "audienceType": event.audience} if event.audience else "",
        "keywords": interest(event.category),
    }
    if date is not None and date.moved:
        told["previousStartDate"] = _instant(date.original, event)
    if event.venue:
        told["location"] = {"@type": "Place", "name": event.venue}
        if place is not None and place.lon is not None:
            told["location"]["geo"] = {
                "@type": "GeoCoordinates", "longitude": place.lon, "latitude": place.lat,
            }  # fmt: skip
    if event.price or event.registration:
        told["offers"] = {"@type": "Offer", "description": event.price, "url": event.registration}
    return {key: value for key, value in told.items() if value not in ("", None)}


def status(event: Event, date: Occasion | None) -> str:
    """The term of schema.org's EventStatusType."""
    if event.cancelled or (date is not None and date.off):
        return "EventCancelled"
    return "EventRescheduled" if date is not None and date.moved else "EventScheduled"


def _instant(at: Any, event: Event) -> str:
    local = at.astimezone(city_zone())
    return str(local.date().isoformat() if event.all_day else local.isoformat())


def entries(event: Event, different: list[Occasion], url: str) -> Iterator[Entry]:
    """The event for a calendar: the series, and each of its dates that is different."""
    if not event.rule:
        date = different[0] if different else None
        yield _entry(event, url, date, alone=True)
        return
    yield _entry(event, url, None)
    for date in different:
        yield _entry(event, url, date)


def _entry(event: Event, url: str, date: Occasion | None, *, alone: bool = False) -> Entry:
    at = date or event
    place = event.place
    if date is not None:
        date.event = event
    text = "\n\n".join(part for part in (date.why if date else event.note, event.body) if part)
    return Entry(
        uid=f"{event.public_id}@stadtkern", begins=at.begins, ends=at.ends, title=event.heading,
        stamp=event.changed, all_day=event.all_day, rule=event.rule,
        without=tuple(event.without) if date is None else (),
        original=date.original if date and not alone else None, text=text, where=event.venue,
        url=url, cancelled=date.off if date else event.cancelled is not None,
        sequence=event.sequence, lon=place.lon if place else None, lat=place.lat if place else None,
        categories=(interest(event.category),),
    )  # fmt: skip
