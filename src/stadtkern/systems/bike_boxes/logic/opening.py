"""Opening a door from here: who may, the command, and what became of it."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.people.models import Account
from stadtkern.systems.bike_boxes.logic import settings
from stadtkern.systems.bike_boxes.models import Access, Box, Command, Facility, Rescue

# After it a renter has gone away, and a door that opens then stands open.
PATIENCE = timedelta(seconds=30)
PROBLEMS: dict[str, str | Promise] = {
    "jammed": gettext_lazy("The door is jammed. Press against it and try again."),
    "no_power": gettext_lazy("The place has no power at the moment."),
    "unknown_box": gettext_lazy("The terminal does not know this box."),
}


class NotNow(Refused):
    """The right to this box has not begun, or is over."""

    code = "not_now"


def closes(access: Access) -> datetime:
    """When the door no longer opens: after the grace, or when the next rental of the box begins."""
    end = access.ends + timedelta(minutes=settings().grace_minutes)
    later = Access.objects.filter(box=access.box_id, live=True, begins__gte=access.ends)
    following = later.exclude(pk=access.pk).order_by("begins").values_list("begins", flat=True)
    return min(end, following.first() or end)


def may_open(access: Access, now: datetime | None = None) -> bool:
    """Inside its period plus grace; and a bicycle that stayed can always be taken out."""
    now = now or clock.now()
    if not access.live or now < access.begins:
        return False
    return now < closes(access) or is_overdue(access)


def is_overdue(access: Access) -> bool:
    """Whether its bicycle stands in the box beyond the end."""
    rescues = Rescue.objects.filter(booking=access.booking_id, box=access.box_id)
    return rescues.filter(state__in=["overdue", "warned"]).exists()


def unlock(access: Access) -> Command:
    """Tell the controller to open; pressed twice, it is one command. Raises NotNow."""
    if not may_open(access):
        raise NotNow(_("Your rental has not begun, or it is over. The door stays closed."))
    with transaction.atomic():
        box = Box.objects.select_for_update().get(pk=access.box_id)
        going = _open_commands(box).filter(booking=access.booking_id).first()
        return going or _command(box, by="renter", booking=access.booking)


def unlock_by_staff(box: Box, who: Account, reason: str) -> Command:
    """Open any door; the reason stands in the audit log."""
    with transaction.atomic():
        command = _command(box, by=f"account:{who.pk}", reason=reason)
        record(who, "bike_boxes.open", box, reason=reason)
    return command


def _command(box: Box, **said: Any) -> Command:
    return Command.objects.create(box=box, expires=clock.now() + PATIENCE, **said)


def _open_commands(box: Box) -> Any:
    return Command.objects.filter(box=box, state__in=["waiting", "sent"], expires__gt=clock.now())


def look(command: Command) -> Command:
    """The command as it stands; one that nobody answered in time is over."""
    if command.is_open and command.expires <= clock.now():
        late = Command.objects.filter(pk=command.pk, state__in=["waiting", "sent"])
        late.update(state="expired", done=clock.now())
        command.refresh_from_db()
    return command


def expire() -> int:
    """End the commands that nobody answered; returns how many."""
    late = Command.objects.filter(state__in=["waiting", "sent"], expires__lte=clock.now())
    return late.update(state="expired", done=clock.now())


def advice(command: Command) -> str:
    """What the renter can do where the door did not open."""
    if command.state == "expired":
        return _("The place does not answer. Use your PIN at the terminal, or the offline code.")
    known = PROBLEMS.get(command.problem)
    return str(known) if known else _("The door did not open. Please try again.")


def is_offline(facility: Facility, now: datetime | None = None) -> bool:
    """Whether its controller has not been heard of for too long."""
    limit = (now or clock.now()) - timedelta(minutes=settings().offline_minutes)
    return facility.last_seen is None or facility.last_seen < limit
