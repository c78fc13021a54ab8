"""Reads JSON with schema.org events: a list, a graph, or JSON-LD of one event."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

from stadtkern.kernel.things.series import city_zone
from stadtkern.systems.events.importing.item import Item, NotRead, Reading, plain, web_address

LISTS = ("@graph", "events", "items", "data", "results", "itemListElement")


def read(body: bytes) -> Reading:
    """The events of the document. Raises NotRead."""
    try:
        document = json.loads(body)
    except ValueError as error:
        raise NotRead(str(error)[:300]) from None
    found, left = [], Counter[str]()
    for one in _events(document):
        try:
            found.append(_item(one))
        except (ValueError, TypeError, AttributeError) as error:
            left[str(error)[:120] or type(error).__name__] += 1
    if not found and not left:
        raise NotRead("no schema.org events in it")
    return Reading(items=tuple(found), left_out=dict(left))


def _events(document: Any) -> Iterator[dict[str, Any]]:
    if isinstance(document, list):
        for one in document:
            yield from _events(one)
    elif isinstance(document, dict):
        if "startDate" in document:
            yield document
        elif "item" in document:
            yield from _events(document["item"])
        else:
            for name in LISTS:
                yield from _events(document.get(name))


def _item(told: dict[str, Any]) -> Item:
    begins, all_day = _instant(told["startDate"])
    ends = _instant(told["endDate"])[0] if told.get("endDate") else begins
    if all_day:
        ends += timedelta(days=1)
    uid = str(told.get("@id") or told.get("identifier") or told.get("url") or "")
    if not uid:
        raise ValueError("no identifier")
    where, lon, lat = _place(told.get("location"))
    offers = told.get("offers")
    offer = (offers[0] if isinstance(offers, list) and offers else offers) or {}
    return Item(
        uid=uid[:300], title=plain(_word(told.get("name")))[:140] or "?", begins=begins,
        ends=max(begins, ends), all_day=all_day,
        text=plain(_word(told.get("description")))[:8000], where=where, lon=lon, lat=lat,
        url=web_address(told.get("url")), tags=tuple(_tags(told.get("keywords"))),
        organiser=plain(_word(told.get("organizer")))[:140],
        free=told.get("isAccessibleForFree") is True,
        price=str(offer.get("description") or offer.get("price") or "")[:120],
        cancelled=str(told.get("eventStatus", "")).endswith("EventCancelled"),
    )  # fmt: skip


def _instant(text: Any) -> tuple[datetime, bool]:
    said = str(text)
    found = datetime.fromisoformat(said)
    if "T" not in said and len(said) == len("2026-01-01"):
        return datetime.combine(found.date(), time(), city_zone()).astimezone(UTC), True
    return (found if found.tzinfo else found.replace(tzinfo=city_zone())).astimezone(UTC), False


def _word(value: Any) -> str:
    """A text, a thing with a name, or the German of several languages."""
    if isinstance(value, list):
        return _word(value[0]) if value else ""
    if isinstance(value, dict):
        return str(value.get("name") or value.get("de") or value.get("@value") or "")
    return str(value or "")


def _place(value: Any) -> tuple[str, float | None, float | None]:
    place = value[0] if isinstance(value, list) and value else value
    if not isinstance(place, dict):
        return plain(place)[:200], None, None
    post = place.get("address")
    if isinstance(post, dict):
        post = ", ".join(str(post[k]) for k in ("streetAddress", "addressLocality") if post.get(k))
    where = ", ".join(part for part in (_word(place), str(post or "")) if part)
    geo = place.get("geo") or {}
    lon, lat = geo.get("longitude"), geo.get("latitude")
    if lon is None or lat is None:
        return plain(where)[:200], None, None
    return plain(where)[:200], float(lon), float(lat)


def _tags(value: Any) -> list[str]:
    listed = value if isinstance(value, list) else str(value or "").split(",")
    return [_word(one) for one in listed]
