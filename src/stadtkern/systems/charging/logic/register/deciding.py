"""What staff say of a row that is not clear: it is this location, a new one, or nothing of ours."""

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.systems.charging.logic.register import taking
from stadtkern.systems.charging.logic.register.rows import Plug, Row
from stadtkern.systems.charging.logic.register.taking import Undecidable
from stadtkern.systems.charging.models import Location, RegisterRecord
from stadtkern.systems.charging.models.register import OPEN


def together(record: RegisterRecord) -> list[RegisterRecord]:
    """The open rows of the same edition, operator and address: they are decided at once."""
    return list(
        RegisterRecord.objects.filter(
            edition=record.edition_id, operator=record.operator, street=record.street,
            postcode=record.postcode, state__in=OPEN,
        )
    )  # fmt: skip


def is_this(record: RegisterRecord, location: Location) -> None:
    """The row is that location; its official numbers fill in what is empty."""
    with transaction.atomic():
        rows = together(record)
        taking.fill_in_ids(location, [row_of(one) for one in rows])
        _close(rows, "matched", location)


def is_new(record: RegisterRecord, lon: float, lat: float) -> Location:
    """The row is a location of its own, at this position."""
    with transaction.atomic():
        rows = together(record)
        if not rows:
            raise Undecidable("decided")
        made = taking.make([row_of(one) for one in rows], lon=lon, lat=lat,
                           source=taking.source_of(record.edition.day))  # fmt: skip
        _close(rows, "matched", made)
    return made


def is_nothing(record: RegisterRecord) -> None:
    """The row is left out, or what we have stays as it is."""
    with transaction.atomic():
        rows = together(record)
        kept = record.state == "conflict"
        _close(rows, "matched" if kept else "ignored", record.location if kept else None)


def _close(rows: list[RegisterRecord], state: str, location: Location | None) -> None:
    keys = [one.pk for one in rows]
    RegisterRecord.objects.filter(pk__in=keys).update(
        state=state, location=location, decided=clock.now()
    )


def row_of(record: RegisterRecord) -> Row:
    """The stored row as it was read."""
    return Row(
        line=record.line, operator=record.operator, street=record.street,
        postcode=record.postcode, town=record.town, lon=record.lon, lat=record.lat,
        points=record.points, kw=record.kw, fast=record.fast, commissioned=record.commissioned,
        hours=record.hours, register_id=record.register_id,
        plugs=tuple(Plug(types=tuple(one["types"]), kw=one["kw"], evse_id=one["evse_id"])
                    for one in record.plugs),
    )  # fmt: skip
