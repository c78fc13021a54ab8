"""A charge held for a change, and the event that tells of it."""

from stadtkern.kernel import events
from stadtkern.kernel.payments.events import ChargeChanged
from stadtkern.kernel.payments.models import Charge


def locked(number: int) -> Charge:
    """The charge, held until the end of the caller's transaction; always locked before the rest."""
    return Charge.objects.select_for_update().get(pk=number)


def changed(row: Charge, before: str) -> None:
    """Tell the systems that listen, in the caller's transaction."""
    events.publish(
        ChargeChanged(charge=row.pk, kind=row.kind, subject=row.subject, before=before,
                      after=row.state, refunded=row.refunded_cents)
    )  # fmt: skip
