"""Compares the payments of a day with what the provider says of it."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from stadtkern.kernel import clock, registry
from stadtkern.kernel.payments.begin import ask
from stadtkern.kernel.payments.ledger import Post, write
from stadtkern.kernel.payments.models import (
    Difference,
    Provider,
    Refund,
    Statement,
    Transaction,
)
from stadtkern.kernel.payments.problems import ProviderProblem
from stadtkern.kernel.payments.providers import adapter
from stadtkern.kernel.payments.providers.protocol import Returned, Settled
from stadtkern.kernel.payments.settle import learn_refund

# Statements that were not there yet are asked for again for so many days.
BACK: Final = 4
# The provider's clock and ours differ: what is so late in the day may stand in the next one.
TOLERANCE: Final = timedelta(hours=2)


def run() -> str:
    """Compare the last days of every provider that gives statements."""
    today = timezone.localtime(clock.now()).date()
    found = compared = 0
    for provider in Provider.objects.all():
        for back in range(BACK, 0, -1):
            day = today - timedelta(days=back)
            statement = compare(provider, day)
            compared += statement is not None
    found = Difference.objects.filter(cleared__isnull=True).count()
    return f"{compared} statements compared, {found} differences open"


def compare(provider: Provider, day: date) -> Statement | None:
    """Compare one day; again brings no difference twice. None: the provider gives no statement."""
    try:
        lines = adapter(provider).statement(day)
    except ProviderProblem as problem:
        return _noted(provider, day, problem=str(problem)[:300])
    if lines is None:
        return None
    for line in lines:
        if line.is_refund:
            _refund(provider, day, line)
        else:
            _payment(provider, day, line)
    _missing(provider, day)
    _clear_settled()
    return _noted(
        provider, day, problem="", lines=len(lines), cents=sum(line.cents for line in lines),
        fees=sum(line.fee for line in lines),
    )  # fmt: skip


def _noted(provider: Provider, day: date, **told: Any) -> Statement:
    row, _new = Statement.objects.update_or_create(
        key=f"{provider.slug}:{day}",
        defaults={"provider": provider, "day": day, "taken": clock.now(), **told},
    )
    return row


def _payment(provider: Provider, day: date, line: Settled) -> None:
    row = _transaction(provider, line)
    told = {"provider": provider, "day": day, "theirs": line.cents, "text": line.their_id}
    if row is None:
        _differs("unknown", f"{provider.slug}:{line.their_id}", **told)
        return
    told |= {"transaction": row, "charge_id": row.charge_id, "ours": row.received}
    if row.state != "booked":
        row = ask(row.pk)
    if row.state != "booked":
        _differs("open", str(row.pk), **told)
        return
    if row.received != line.cents:
        _differs("amount", str(row.pk), **told)
    Transaction.objects.filter(pk=row.pk).update(settled=day)
    if line.fee:
        write(
            f"fee:{row.pk}", f"{provider.title}: {line.their_id}",
            [Post(account="fees", detail=provider.slug, cents=line.fee),
             Post(account="provider", detail=provider.slug, cents=-line.fee)],
            transaction=row,
        )  # fmt: skip


def _transaction(provider: Provider, line: Settled) -> Transaction | None:
    """By the provider's number, or by ours where its answer never reached us."""
    rows = Transaction.objects.filter(provider=provider).select_related("provider", "charge")
    if row := rows.filter(their_id=line.their_id).first():
        return row
    row = rows.filter(request_id=line.request_id).first() if _is_uuid(line.request_id) else None
    if row is not None and not row.their_id:
        row.their_id = line.their_id
        row.save(update_fields=["their_id"])
    return row


def _refund(provider: Provider, day: date, line: Settled) -> None:
    rows = Refund.objects.filter(transaction__provider=provider).select_related("transaction")
    ours = Q(their_id=line.their_id)
    if _is_uuid(line.request_id):
        ours |= Q(request_id=line.request_id)
    row = rows.filter(ours).first()
    told = {"provider": provider, "day": day, "theirs": line.cents, "text": line.their_id}
    if row is None:
        _differs("refund_unknown", f"{provider.slug}:{line.their_id}", **told)
        return
    if row.cents != -line.cents:
        told |= {"refund": row, "charge_id": row.transaction.charge_id, "ours": -row.cents}
        _differs("amount", f"refund:{row.pk}", **told)
        return
    if row.state != "done":
        learn_refund(row.pk, Returned(state="done", their_id=line.their_id))
    Refund.objects.filter(pk=row.pk).update(settled=day)


def _missing(provider: Provider, day: date) -> None:
    begins, ends = _bounds(day)
    ends -= TOLERANCE
    for row in Transaction.objects.filter(
        provider=provider, state="booked", settled__isnull=True, booked__gte=begins - TOLERANCE,
        booked__lt=ends,
    ):  # fmt: skip
        _differs(
            "missing", str(row.pk), provider=provider, day=day, transaction=row,
            charge_id=row.charge_id, ours=row.received, text=row.their_id,
        )  # fmt: skip
    for refund in Refund.objects.filter(
        transaction__provider=provider, state="done", settled__isnull=True,
        done__gte=begins - TOLERANCE, done__lt=ends,
    ).exclude(their_id="").select_related("transaction"):  # fmt: skip
        _differs(
            "refund_missing", str(refund.pk), provider=provider, day=day, refund=refund,
            charge_id=refund.transaction.charge_id, ours=-refund.cents, text=refund.their_id,
        )  # fmt: skip


def _clear_settled() -> None:
    """What a later statement or a later answer has put right."""
    still = Difference.objects.filter(cleared__isnull=True)
    righted = Q(kind="missing", transaction__settled__isnull=False) | Q(
        kind="open", transaction__state="booked"
    )
    righted |= Q(kind="refund_missing", refund__settled__isnull=False)
    numbers = list(still.filter(righted).values_list("pk", flat=True))
    Difference.objects.filter(pk__in=numbers).update(
        cleared=clock.now(), note=_("The statement of another day, or a later answer, agrees.")
    )


def _differs(kind: str, key: str, **told: Any) -> None:
    Difference.objects.get_or_create(key=f"{kind}:{key}", defaults={"kind": kind, **told})


def _bounds(day: date) -> tuple[datetime, datetime]:
    """A day of the city's zone; two of them in a year have 23 or 25 hours."""
    zone = ZoneInfo(registry.city().city.time_zone)
    begins = datetime.combine(day, time(), zone)
    return begins, datetime.combine(day + timedelta(days=1), time(), zone)


def _is_uuid(text: str) -> bool:
    bare: Sequence[str] = text.replace("-", "").lower()
    return len(bare) == 32 and set(bare) <= set("0123456789abcdef")
