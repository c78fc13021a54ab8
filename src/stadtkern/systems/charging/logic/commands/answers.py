"""What a point answered to a command, and what follows from it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import QuerySet

from stadtkern.kernel import bell, clock
from stadtkern.kernel.sealing import unseal
from stadtkern.systems.charging.logic.commands import asking
from stadtkern.systems.charging.logic.limits import plan
from stadtkern.systems.charging.models import ChargePoint, Command, Outlet, Reservation

# OCPP 1.6, 7, and 2.0.1, 3: the words for yes.
YES: Final = (
    "Accepted", "Unlocked", "Scheduled", "RebootRequired", "AcceptedCanceled",
)  # fmt: skip
UNANSWERED: Final = timedelta(minutes=2)
# A point that comes back within this is told to let go of what it may hold.
FORGOTTEN: Final = timedelta(hours=12)


def settle(
    number: int, *, said: Mapping[str, Any], problem: str = "", timeout: bool = False
) -> None:
    """An answer, a refusal (`problem`) or none at all (`timeout`); the first one counts."""
    with transaction.atomic():
        command = (
            Command.objects.select_for_update(of=("self",)).select_related("outlet__evse", "point")
            .filter(pk=number, state__in=("pending", "sent")).first()
        )  # fmt: skip
        if command is None:
            return
        word = word_of(said)
        yes = not problem and not timeout and (word == "" or word in YES)
        command.state = "timeout" if timeout else "accepted" if yes else "rejected"
        command.said, command.problem = dict(said), (problem or ("" if yes else word))[:200]
        command.answered = clock.now()
        _follow(command, yes)
        command.secret = None
        command.save(update_fields=["state", "said", "problem", "answered", "secret"])
        bell.ring(f"charging.point.{command.point_id}")


def word_of(said: Mapping[str, Any]) -> str:
    """The status of an answer; of several results (2.0.1) the first that is not a yes."""
    if "status" in said:
        return str(said["status"])
    for name in ("setVariableResult", "getVariableResult"):
        words = [str(one.get("attributeStatus", "")) for one in said.get(name, ())]
        if words:
            return next((one for one in words if one not in YES), words[0])
    return ""


def _follow(command: Command, yes: bool) -> None:
    reservation = Reservation.objects.filter(pk=command.wanted.get("reservation", 0))
    if command.action == "ReserveNow":
        _reserved(command, reservation, yes)
    elif command.action == "CancelReservation" and (yes or command.problem == "Rejected"):
        # Rejected means that the point knows of no such reservation (1.6, 5.2; 2.0.1, H02).
        reservation.filter(state__in=("asked", "held")).update(state="cancelled")
    elif command.action == "ChangeConfiguration" and yes:
        _password(command)
    elif command.action == "SetChargingProfile" and command.outlet is not None:
        _limited(command.outlet, int(command.wanted.get("amps", 0)), yes)
    elif command.action == "ClearChargingProfile" and yes:
        Outlet.objects.filter(point=command.point_id).update(held_a=None, limit_a=None)


def _reserved(command: Command, row: "QuerySet[Reservation]", yes: bool) -> None:
    """Without an answer nobody knows whether the point holds it: it is told to let go."""
    row.filter(state="asked").update(state="held" if yes else "refused")
    if command.state == "timeout":
        asking.ask(
            command.point, "CancelReservation", by="system", outlet=command.outlet,
            wanted={"reservation": command.wanted["reservation"]}, lives=FORGOTTEN,
            on_record=False,
        )  # fmt: skip


def _password(command: Command) -> None:
    """A point that has taken a new password logs in with it from now on."""
    if command.wanted.get("key") in asking.SECRET_KEYS and command.secret:
        fresh = make_password(unseal(command.secret))
        ChargePoint.objects.filter(pk=command.point_id).update(password=fresh)


def _limited(outlet: Outlet, amps: int, yes: bool) -> None:
    """A limit that is agreed to may make room for another; one that is not stays as it was."""
    if yes:
        Outlet.objects.filter(pk=outlet.pk).update(held_a=amps)
        plan.soon(outlet.evse.location_id)
    else:
        Outlet.objects.filter(pk=outlet.pk).update(limit_a=outlet.held_a)


def give_up() -> int:
    """Commands that nobody took in time, or that were sent by a process that is gone."""
    now = clock.now()
    late = Command.objects.filter(state="pending", expires__lte=now)
    lost = Command.objects.filter(state="sent", sent__lte=now - UNANSWERED)
    numbers = [*late.values_list("pk", "state"), *lost.values_list("pk", "state")]
    for number, state in numbers:
        if state == "sent":
            settle(number, said={}, timeout=True)
        else:
            _expire(number)
    Reservation.objects.filter(state__in=("asked", "held"), until__lte=now).update(state="expired")
    return len(numbers)


def _expire(number: int) -> None:
    with transaction.atomic():
        found = Command.objects.select_for_update().filter(pk=number, state="pending").first()
        if found is not None:
            found.state, found.answered, found.secret = "expired", clock.now(), None
            found.save(update_fields=["state", "answered", "secret"])
            _follow(found, yes=False)
