"""The order in which rows are locked: the outlet first, then its transaction."""

from stadtkern.systems.charging.models import ChargePoint, Outlet, Transaction


def outlet_of(point: ChargePoint, number: int | None) -> Outlet | None:
    """The outlet with this number, locked until the caller's transaction ends."""
    if number is None or number < 1:
        return None
    rows = Outlet.objects.select_for_update(of=("self",)).select_related("point", "evse__location")
    return rows.filter(point=point, number=number).first()


def transaction_of(found: Transaction) -> Transaction:
    """The same row anew, locked after its outlet."""
    if found.evse_id is not None:
        Outlet.objects.select_for_update().filter(evse=found.evse_id).first()
    return Transaction.objects.select_for_update().get(pk=found.pk)


def outlet_at(evse_id: int | None) -> Outlet | None:
    """The outlet of an EVSE, locked."""
    if evse_id is None:
        return None
    rows = Outlet.objects.select_for_update(of=("self",)).select_related("point", "evse__location")
    return rows.filter(evse=evse_id).first()
