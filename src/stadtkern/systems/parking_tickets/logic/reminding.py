"""Ten minutes before the end, who asked for it hears that the time runs out."""

from datetime import timedelta

from django.db import transaction

from stadtkern.systems.parking_tickets.logic import mail, settings
from stadtkern.systems.parking_tickets.logic.quoting import now
from stadtkern.systems.parking_tickets.models import Session


def remind() -> int:
    """Write the mails that are due; an extension makes a new one."""
    soon = now() + timedelta(minutes=settings().remind_minutes)
    rows = Session.objects.filter(
        state="active", remind=True, email__isnull=False, reminded=None,
        during__endswith__lte=soon, during__endswith__gt=now(),
    ).select_related("zone")  # fmt: skip
    return sum(_reminded(row) for row in rows[:500])


def _reminded(row: Session) -> bool:
    with transaction.atomic():
        fresh = Session.objects.filter(pk=row.pk, reminded=None).update(reminded=now())
        if fresh:
            mail.later(row, "ends_soon", f"{row.pk}:{row.during.upper.isoformat()}")
    return bool(fresh)
