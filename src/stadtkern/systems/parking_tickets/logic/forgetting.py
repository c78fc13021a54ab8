"""Plates and what hangs on them are forgotten on schedule, in every table that had them."""

from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from stadtkern.kernel import clock
from stadtkern.systems.parking_tickets.logic import settings
from stadtkern.systems.parking_tickets.models import (
    Check,
    Fine,
    Permit,
    PermitSeries,
    PermitSubject,
    Refusal,
)

SERIES_KEPT: Final = timedelta(days=3)
# A right's own plate, what it was before a correction, a disc's, and where all of them stood. The
# providers' keys of requests go along: they may be made of a plate.
TICKETS: Final = """
UPDATE parking_tickets_session
SET plate_sealed = NULL, plate_key = NULL, plate_forgotten = %(now)s
WHERE upper(during) < %(old)s AND (plate_sealed IS NOT NULL OR plate_key IS NOT NULL)
"""
FORMER: Final = """
DELETE FROM parking_tickets_formerplate f USING parking_tickets_session s
WHERE s.id = f.session_id AND upper(s.during) < %(old)s
"""
DISCS: Final = """
UPDATE parking_tickets_parking
SET plate_sealed = NULL, plate_key = NULL, lon = NULL, lat = NULL, key = '',
    disc = tstzrange(lower(disc), coalesce(upper(disc), lower(disc) + interval '24 hours'))
WHERE disc IS NOT NULL AND coalesce(upper(disc), lower(disc) + interval '24 hours') < %(old)s
  AND (plate_key IS NOT NULL OR lon IS NOT NULL OR key <> '')
"""
REPORTS: Final = """
UPDATE parking_tickets_parking p SET lon = NULL, lat = NULL, key = ''
FROM parking_tickets_session s
WHERE s.id = p.session_id AND upper(s.during) < %(old)s AND (p.lon IS NOT NULL OR p.key <> '')
"""
LOOKS: Final = """
UPDATE parking_tickets_check SET plate_sealed = NULL, plate_key = NULL, lon = NULL, lat = NULL
WHERE at < %(old)s AND (plate_key IS NOT NULL OR lon IS NOT NULL)
"""


def tickets(older_than: datetime) -> int:
    """Plates and positions of rights and discs that ended before; the rights stay."""
    return sum(_run(one, older_than) for one in (TICKETS, FORMER, DISCS, REPORTS))


def looks(older_than: datetime) -> int:
    """Plates and positions of checks before; that there was a check stays."""
    return _run(LOOKS, older_than)


def checks(older_than: datetime) -> int:
    """Checks before, all of them."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('parking_tickets.forgetting', 'on', true)")
        done, _kinds = Check.objects.filter(at__lt=older_than).delete()
        cursor.execute("SELECT set_config('parking_tickets.forgetting', '', true)")
    return done


def permits(older_than: datetime) -> int:
    """Plates whose time in a permit ended before, permits without any left, refusals as old."""
    done, _kinds = PermitSubject.objects.filter(during__endswith__lt=older_than).delete()
    Permit.objects.filter(subjects=None, changed__lt=older_than).delete()
    Refusal.objects.filter(at__lt=older_than).delete()
    return done


def fines(older_than: datetime) -> int:
    """Fines that were closed before, or issued before and never contested."""
    closed, _kinds = Fine.objects.filter(closed__lt=older_than).delete()
    silent, _kinds = Fine.objects.filter(state="issued", created__lt=older_than).delete()
    return closed + silent


def run() -> str:
    """What the city's own deadlines say is due; asked every few minutes."""
    now, chosen = clock.now(), settings()
    old = now - timedelta(hours=chosen.plate_hours)
    gone = PermitSeries.objects.filter(active=False, changed__lt=now - SERIES_KEPT)
    return (
        f"{tickets(old)} tickets, {looks(old)} checks forgotten,"
        f" {checks(now - timedelta(days=chosen.check_days))} checks,"
        f" {permits(now - timedelta(days=chosen.permit_days))} plates of permits,"
        f" {fines(now - timedelta(days=chosen.fine_days))} fines,"
        f" {gone.exclude(operator=None).delete()[0]} rows of old series deleted"
    )


def _run(statement: str, old: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"old": old, "now": clock.now()})
        return max(int(cursor.rowcount), 0)
