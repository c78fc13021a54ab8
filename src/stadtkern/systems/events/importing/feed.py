"""Reads RSS and Atom whose entries name a date: RSS 1.0 event module, xCal and the like."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from stadtkern.kernel.things.series import city_zone
from stadtkern.systems.events.importing.item import Item, NotRead, Reading, plain, web_address

ENTRIES = ("item", "entry")
STARTS = ("startdate", "dtstart", "start", "eventdate", "startdatetime")
ENDS = ("enddate", "dtend", "end", "enddatetime")
WHERE = ("location", "venue", "place")


def read(body: bytes) -> Reading:
    """The entries that name a beginning; others are counted. Raises NotRead."""
    try:
        root = fromstring(body)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise NotRead(str(error)[:300]) from None
    found, left = [], Counter[str]()
    for entry in root.iter():
        if _name(entry) not in ENTRIES:
            continue
        try:
            found.append(_item(_facts(entry)))
        except ValueError as error:
            left[str(error)[:120]] += 1
    return Reading(items=tuple(found), left_out=dict(left))


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _facts(entry: Element) -> dict[str, str]:
    """The first text of each kind; an Atom link says its address in an attribute."""
    told: dict[str, str] = {}
    for part in entry.iter():
        text = (part.text or "").strip() or part.get("href", "")
        if part is not entry and text:
            told.setdefault(_name(part), text)
    told["categories"] = ",".join(_categories(entry))
    return told


def _categories(entry: Element) -> Iterator[str]:
    for part in entry.iter():
        if _name(part) == "category":
            yield (part.text or "").strip() or part.get("term", "")


def _item(told: Mapping[str, str]) -> Item:
    begins = _first(told, STARTS)
    if begins is None:
        raise ValueError("no date of the event")
    ends = _first(told, ENDS) or begins + timedelta(hours=2)
    uid = told.get("guid") or told.get("id") or told.get("link") or ""
    if not uid:
        raise ValueError("no identifier")
    return Item(
        uid=uid[:300], title=plain(told.get("title"))[:140] or "?", begins=begins,
        ends=max(begins, ends),
        text=plain(told.get("encoded") or told.get("content") or told.get("description")
                   or told.get("summary"))[:8000],
        where=next((plain(told[name])[:200] for name in WHERE if name in told), ""),
        url=web_address(told.get("link")), tags=tuple(told["categories"].split(",")),
        organiser=plain(told.get("organizer"))[:140],
        cancelled=told.get("status", "").lower() in ("cancelled", "canceled", "abgesagt"),
    )  # fmt: skip


def _first(told: Mapping[str, str], names: tuple[str, ...]) -> datetime | None:
    for name in names:
        if name in told:
            return _instant(told[name])
    return None


def _instant(text: str) -> datetime:
    """ISO 8601 or RFC 2822; without a zone it is the city's."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = parsedate_to_datetime(text)
    return (found if found.tzinfo else found.replace(tzinfo=city_zone())).astimezone(UTC)
