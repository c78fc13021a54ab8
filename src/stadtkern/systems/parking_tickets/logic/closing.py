"""Rights whose time has come end by themselves; those with an open end get their price then."""

from typing import Final

from django.db import transaction

from stadtkern.systems.parking_tickets.logic import folding, turns
from stadtkern.systems.parking_tickets.logic.quoting import now
from stadtkern.systems.parking_tickets.models import Session

MOST: Final = 500
CITY: Final = "city"


def close() -> int:
    """End what is over; how many that were."""
    over = Session.objects.filter(state="active", during__endswith__lte=now())
    ended = over.filter(open_ended=False).update(state="ended", changed=now())
    opened = over.filter(open_ended=True).values_list("pk", "plate_key")[:MOST]
    return ended + sum(_closed(pk, plate_key) for pk, plate_key in list(opened))


def _closed(pk: int, plate_key: int | None) -> bool:
    with transaction.atomic():
        turns.take([plate_key])
        rows = Session.objects.select_for_update(of=("self",)).select_related(
            "zone", "tariff", "operator"
        )
        row = rows.get(pk=pk)
        if row.state != "active" or not row.open_ended or row.during.upper > now():
            return False
        row.state, row.open_ended = "ended", False
        folding.refold(row, row.during.upper, "stop", "", CITY)
        return True
