"""Issues the bills that partners read: once what happened has settled, and sealed from then on.

OCPI 2.2.1, 10.1: a bill is never changed. What is corrected later is taken back by a credit, and
told anew.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Q, QuerySet

from stadtkern.kernel import clock
from stadtkern.systems.charging.logic import price
from stadtkern.systems.charging.logic.cutting import Period
from stadtkern.systems.charging.logic.transactions import bill, locks
from stadtkern.systems.charging.models import IssuedBill, Transaction

# Late values and the end of a point's queue come within this: few bills have to be taken back.
SETTLES: Final = timedelta(minutes=5)
AT_ONCE: Final = 500
PLACES: Final = 4
SAME: Final = ("started", "ended", "wh", "net_cents", "gross_cents", "lines")


def issue_due(settles: timedelta = SETTLES) -> int:
    """Bills for what has ended or changed since its last bill; returns for how many sessions."""
    open_ = Q(billed=None) | Q(billed__lt=F("changed"))
    due = Transaction.objects.filter(
        open_, state="ended", net_cents__isnull=False, changed__lte=clock.now() - settles
    )
    numbers = list(due.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    for number in numbers:
        _issue(number)
    return len(numbers)


def _issue(number: int) -> None:
    with transaction.atomic():
        found = locks.transaction_of(Transaction.objects.get(pk=number))
        if found.state != "ended" or found.net_cents is None:
            return
        bill.freeze(found)
        found.billed = max(clock.now(), found.changed)
        found.save(update_fields=["price", "net_cents", "gross_cents", "billed"])
        said = _said(found)
        last = found.bills.filter(credits=None).order_by("nth").last()
        if last is None:
            IssuedBill.objects.create(transaction=found, nth=1, **said)
        elif any(getattr(last, name) != said[name] for name in SAME):
            _take_back(last)
            IssuedBill.objects.create(transaction=found, nth=last.nth + 2, **said)


def _said(found: Transaction) -> dict[str, Any]:
    return {
        "started": found.started, "ended": found.ended, "wh": found.energy_wh,
        "net_cents": found.net_cents, "gross_cents": found.gross_cents, "lines": found.price,
        "periods": told(price.periods(found)), "remark": found.repair_note[:255],
    }  # fmt: skip


def _take_back(last: IssuedBill) -> None:
    IssuedBill.objects.create(
        transaction_id=last.transaction_id, nth=last.nth + 1, credits=last, started=last.started,
        ended=last.ended, wh=last.wh, net_cents=last.net_cents, gross_cents=last.gross_cents,
        lines=last.lines, periods=last.periods, remark=last.remark,
    )  # fmt: skip


def told(periods: Sequence[Period]) -> list[list[Any]]:
    """As they are stored: their sums are those of the session, however many there are."""
    begun, energy, made = periods[0].begins, 0.0, []
    for one in periods:
        before, after = _hours(one.begins - begun), _hours(one.ends - begun)
        kwh = round((energy + one.wh) / 1000, PLACES) - round(energy / 1000, PLACES)
        made.append([one.begins.isoformat(), round(kwh, PLACES), round(after - before, PLACES),
                     one.parks])  # fmt: skip
        energy += one.wh
    return made


def _hours(span: timedelta) -> float:
    return round(span.total_seconds() / 3600, PLACES)


def coarsen(sessions: "QuerySet[Transaction]") -> None:
    """Of these only how much was charged, and how long the car stood there afterwards, stays."""
    changed = []
    for one in IssuedBill.objects.filter(transaction__in=sessions):
        parts = (_together(one.periods, parks=parks) for parks in (False, True))
        one.periods = [part for part in parts if part]
        changed.append(one)
    IssuedBill.objects.bulk_update(changed, ["periods"], batch_size=500)


def _together(periods: Sequence[Sequence[Any]], *, parks: bool) -> list[Any]:
    own = [one for one in periods if one[3] is parks]
    if not own:
        return []
    sums = [round(sum(one[at] for one in own), PLACES) for at in (1, 2)]
    return [own[0][0], *sums, parks]
