"""Puts a command on its way: it is stored, and the process that holds the line is woken."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.models import Account
from stadtkern.kernel.sealing import seal
from stadtkern.systems.charging.models import (
    ChargePoint,
    Command,
    Outlet,
    Reservation,
    Token,
    Transaction,
)
from stadtkern.systems.charging.models.command import ACTIONS

CHANNEL = "ocpp"
# What waits longer than this is not wanted any more: a car is not unlocked an hour later.
LIVES = timedelta(minutes=2)
# Nobody reads these settings: they are sealed, and not shown.
SECRET_KEYS = ("AuthorizationKey", "BasicAuthPassword")


class Refused(Exception):
    """It cannot be asked for; the message is for who asked."""


def ask(
    point: ChargePoint,
    action: str,
    *,
    by: Account | str,
    outlet: Outlet | None = None,
    token: Token | None = None,
    charging: Transaction | None = None,
    wanted: Mapping[str, Any] | None = None,
    secret: str = "",
    lives: timedelta = LIVES,
    on_record: bool = True,
) -> Command:
    """Store a command. `wanted` is what the action needs, without numbers of tokens."""
    assert action in ACTIONS
    with transaction.atomic():
        made = Command.objects.create(
            point=point, action=action, outlet=outlet, token=token, transaction=charging,
            wanted=dict(wanted or {}), secret=seal(secret) if secret else None,
            by=by if isinstance(by, str) else f"account:{by.pk}", expires=clock.now() + lives,
        )  # fmt: skip
        if on_record:
            record(by, "charging.command", point, action=action, command=made.pk,
                   outlet=outlet.number if outlet else 0)  # fmt: skip
        wake(point.pk)
    return made


def wake(point: int) -> None:
    """Tell who holds this point's line that there is something to do, once this is committed."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify(%s, %s)", [CHANNEL, str(point)])


def start(outlet: Outlet, token: Token, *, by: Account | str) -> Command:
    """Start charging with a token, as if its card had been shown."""
    if Transaction.objects.filter(evse=outlet.evse_id, state="active").exists():
        raise Refused(_("A car charges here already. Stop that session first."))
    if token.blocked:
        raise Refused(_("This token is blocked. Choose another one."))
    return ask(outlet.point, "RemoteStartTransaction", by=by, outlet=outlet, token=token)


def stop(found: Transaction, *, by: Account | str) -> Command:
    """Stop a session that is on."""
    if found.state != "active":
        raise Refused(_("This session has ended already."))
    return ask(found.point, "RemoteStopTransaction", by=by, charging=found)


def reserve(outlet: Outlet, token: Token, until: datetime, *, by: Account | str) -> Reservation:
    """Hold an outlet for a token."""
    now = clock.now()
    if not now < until <= now + timedelta(hours=12):
        raise Refused(_("A reservation ends within the next 12 hours."))
    Reservation.objects.filter(
        outlet=outlet, state__in=("asked", "held"), until__lte=now
    ).update(state="expired")  # fmt: skip
    try:
        with transaction.atomic():
            made = Reservation.objects.create(outlet=outlet, token=token, until=until)
            ask(outlet.point, "ReserveNow", by=by, outlet=outlet, token=token,
                wanted={"reservation": made.pk, "until": until.isoformat()})  # fmt: skip
    except IntegrityError:
        raise Refused(_("This outlet is reserved already. Cancel that first.")) from None
    return made


def cancel(held: Reservation, *, by: Account | str) -> Command:
    """Give a reserved outlet free."""
    if held.state not in ("asked", "held"):
        raise Refused(_("This reservation is over already."))
    return ask(held.outlet.point, "CancelReservation", by=by, outlet=held.outlet,
               wanted={"reservation": held.pk})  # fmt: skip


def setting(point: ChargePoint, key: str, value: str, *, by: Account | str) -> Command:
    """Change a setting of the point; passwords are kept sealed until they are told."""
    hidden = key in SECRET_KEYS
    return ask(point, "ChangeConfiguration", by=by, secret=value if hidden else "",
               wanted={"key": key, "value": "" if hidden else value})  # fmt: skip
