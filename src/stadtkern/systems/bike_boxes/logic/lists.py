"""The list by which a controller opens doors without asking: pushed whenever it changes."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

import msgspec

from stadtkern.kernel import clock
from stadtkern.systems.bike_boxes.logic import periods, settings
from stadtkern.systems.bike_boxes.models import Access, Facility

# A controller without a network works by its list for so long.
AHEAD = timedelta(days=14)


def entries(facility: Facility, now: datetime) -> list[dict[str, Any]]:
    """Who may open what from when until when: digests only, in the order of boxes and time.

    A card is in it only while its season ticket is valid.
    """
    grace = timedelta(minutes=settings().grace_minutes)
    rows = list(
        Access.objects.filter(facility=facility, live=True, begins__lt=now + AHEAD)
        .filter(ends__gt=now - grace)
        .select_related("box", "card")
        .order_by("box__number", "begins", "pk")
    )
    return [
        {"box": row.box.number, "from": _instant(row.begins), "until": _instant(until),
         "pin": row.pin_digest, "card": _card(row, now)}
        for row, until in zip(rows, _ends(rows, grace), strict=True)
        if until > now
    ]  # fmt: skip


def _ends(rows: list[Access], grace: timedelta) -> list[datetime]:
    """The grace of each, cut where the next rental of its box begins."""
    ends = []
    for at, row in enumerate(rows):
        following = rows[at + 1] if at + 1 < len(rows) else None
        next_begin = following.begins if following and following.box_id == row.box_id else None
        end = row.ends + grace
        ends.append(min(end, max(next_begin, row.ends)) if next_begin else end)
    return ends


def _card(row: Access, now: datetime) -> str:
    card = row.card
    valid = card is not None and not card.blocked and card.valid_until >= periods.day_of(now)
    return row.card_digest if valid else ""


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def current(facility: Facility, now: datetime | None = None) -> dict[str, Any]:
    """The list with its version, which is the same for the same entries."""
    found = entries(facility, now or clock.now())
    version = hashlib.sha256(msgspec.json.encode(found)).hexdigest()
    return {"version": version, "entries": found}
