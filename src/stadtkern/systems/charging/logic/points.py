"""Charge points as rows: who they are, which connection counts, when they were last heard."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import connection, transaction

from stadtkern.kernel import bell, clock
from stadtkern.systems.charging.logic.commands import asking
from stadtkern.systems.charging.logic.limits import plan
from stadtkern.systems.charging.models import ChargePoint, Outlet

HEARD = """
update charging_chargepoint set heard = %s where id = %s and line = %s returning admission
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """A point as its connection knows it; `line` is the connection's own name."""

    pk: int
    identity: str
    line: UUID
    version: str


def hashed(password: str) -> str:
    """For the column `password`."""
    return make_password(password)


def right(point: ChargePoint, password: str) -> bool:
    """Whether this is the point's password; a point without one may not connect."""
    return bool(point.password) and check_password(password, point.password)


def connect(point: ChargePoint, *, line: UUID, version: str, process: str) -> Known:
    """This connection counts from now on; whoever holds an older one hangs up."""
    now = clock.now()
    with transaction.atomic():
        ChargePoint.objects.filter(pk=point.pk).update(
            line=line, version=version, process=process, connected=now, heard=now
        )
        asking.wake(point.pk)
        _ring(point.pk)
    return Known(pk=point.pk, identity=point.identity, line=line, version=version)


def disconnect(known: Known) -> None:
    """Nothing changes where a newer connection has taken over."""
    rows = ChargePoint.objects.filter(pk=known.pk, line=known.line)
    with transaction.atomic():
        if rows.update(line=None, hung_up=clock.now()):
            _ring(known.pk)


def heard(known: Known) -> str:
    """Note a sign of life. The admission of the point; "" where this connection counts no more."""
    with connection.cursor() as cursor:
        cursor.execute(HEARD, [clock.now(), known.pk, known.line])
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def booted(known: Known, said: dict[str, str]) -> ChargePoint:
    """Keep what it says of itself; returns the row.

    Whether it still holds its limit after a restart nobody knows: it is told anew.
    """
    limited = Outlet.objects.filter(point=known.pk, held_a__isnull=False)
    if limited.update(held_a=None):
        plan.soon(ChargePoint.objects.values_list("location", flat=True).get(pk=known.pk))
    with transaction.atomic():
        point = ChargePoint.objects.select_for_update().get(pk=known.pk)
        for name in ("vendor", "model", "serial", "firmware"):
            setattr(point, name, said.get(name, "")[:50])
        point.boot_reason = said.get("reason", "")[:20]
        point.booted = clock.now()
        point.save(update_fields=[
            "vendor", "model", "serial", "firmware", "boot_reason", "booted",
        ])  # fmt: skip
        _ring(point.pk)
    return point


def note(known: Known, **fields: Any) -> None:
    """Keep a status that the point tells of its firmware or diagnostics."""
    ChargePoint.objects.filter(pk=known.pk).update(**fields)


def let_go() -> int:
    """Connections that no process holds any more: nothing was heard for three heartbeats."""
    gone = 0
    for point in ChargePoint.objects.filter(line__isnull=False):
        silent = clock.age(point.heard).total_seconds() if point.heard else float("inf")
        if silent > 3 * point.heartbeat_s:
            rows = ChargePoint.objects.filter(pk=point.pk, line=point.line)
            gone += rows.update(line=None, hung_up=point.heard)
    return gone


def _ring(number: int) -> None:
    bell.ring("charging.points", f"charging.point.{number}")
