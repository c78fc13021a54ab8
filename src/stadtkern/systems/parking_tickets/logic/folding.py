"""What a change makes of a right: its end, its price lines, the row that tells it, the books."""

from collections.abc import Sequence
from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange as Range
from django.db.models import Max

from stadtkern.kernel import clock
from stadtkern.systems.parking_tickets.logic import entries, quoting, tariffs
from stadtkern.systems.parking_tickets.logic.tariffs import Line
from stadtkern.systems.parking_tickets.models import Change, PriceLine, Session

__all__ = ["Range", "emptied", "note", "refold", "write_lines"]


def refold(row: Session, until: datetime, kind: str, key: str, actor: str) -> Session:
    """Give a locked right another end: the price is that of its whole time, by its own tariff."""
    before = row.cents
    told = quoting.price_of(tariffs.read(row.tariff.rules), row.during.lower, until,
                            vehicle=row.vehicle, before=row.before_seconds)  # fmt: skip
    row.during = Range(row.during.lower, until)
    row.cents, row.used_seconds = told.cents, told.seconds
    write_lines(row, told.lines)
    _save(row)
    return note(row, kind, effective=until, key=key, actor=actor, before=before)


def reprice(row: Session, told: quoting.Quote) -> None:
    """Give a locked right the price of this quote; one with an open end only its latest end."""
    row.used_seconds = told.seconds
    if row.open_ended:
        row.during = Range(row.during.lower, told.until)
    else:
        row.cents = told.cents
        write_lines(row, told.lines)
    _save(row)


def emptied(row: Session, key: str, actor: str) -> Session:
    """Take a locked right back: it costs nothing and keeps nobody out."""
    before = row.cents
    row.state, row.cents, row.used_seconds, row.open_ended = "cancelled", 0, 0, False
    write_lines(row, ())
    _save(row)
    return note(row, "cancel", effective=clock.now(), key=key, actor=actor, before=before)


def _save(row: Session) -> None:
    row.changed = clock.now()
    row.save(update_fields=["during", "state", "open_ended", "cents", "used_seconds", "reminded",
                            "changed"])  # fmt: skip


def write_lines(row: Session, lines: Sequence[Line]) -> None:
    """The price lines of a right; those it had are replaced."""
    PriceLine.objects.filter(session=row).delete()
    PriceLine.objects.bulk_create(
        PriceLine(session=row, number=number, begins=one.begins, ends=one.ends, rule=one.rule,
                  seconds=one.seconds, milli=one.milli)
        for number, one in enumerate(lines, start=1)
    )  # fmt: skip


def note(
    row: Session, kind: str, *, effective: datetime, key: str, actor: str, before: int
) -> Session:
    """One more change in the right's own list, and in the books; `before` cents it was worth."""
    last = Change.objects.filter(session=row).aggregate(last=Max("number"))["last"] or 0
    change = Change.objects.create(
        session=row, number=last + 1, kind=kind, requested=clock.now(), effective=effective,
        until=None if row.open_ended else row.during.upper, cents=row.cents,
        delta_cents=row.cents - before, actor=actor, key=key,
    )  # fmt: skip
    entries.book(row, change)
    return row
