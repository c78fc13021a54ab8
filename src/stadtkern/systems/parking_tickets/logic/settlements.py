"""An operator's month: what its rights cost less what went back, closed once, paid once."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import BigIntegerField, Count, F, Q, QuerySet, Sum
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.payments.ledger import on
from stadtkern.kernel.people.models import Account
from stadtkern.systems.parking_tickets.logic import calendar, entries
from stadtkern.systems.parking_tickets.logic.refusing import Refused
from stadtkern.systems.parking_tickets.models import Change, Operator, Settlement


@dataclass(frozen=True, kw_only=True, slots=True)
class Sums:
    """Rights begun, cents charged, cents given back, and what is left to pay."""

    sessions: int
    charged: int
    returned: int

    @property
    def cents(self) -> int:
        """What the operator owes."""
        return self.charged - self.returned


def month_of(instant: datetime) -> date:
    """The first day of the month in which an instant lies, by the city's clock."""
    return calendar.local(instant).date().replace(day=1)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return (month + timedelta(days=32)).replace(day=1)


def ends(month: date) -> datetime:
    """The instant at which a month is over in the city."""
    zone = calendar.of_city().zone
    return datetime.combine(next_month(month), datetime.min.time(), zone)


def not_settled(operator: Operator) -> QuerySet[Change]:
    """Changes of the operator's rights that no closed month counts."""
    return Change.objects.filter(session__operator=operator, settlement=None)


def sums(changes: QuerySet[Change]) -> Sums:
    """What changes come to."""
    found = changes.order_by().aggregate(
        sessions=Count("pk", filter=Q(kind="start")),
        charged=Sum("delta_cents", filter=Q(delta_cents__gt=0), default=0),
        returned=Sum("delta_cents", filter=Q(delta_cents__lt=0), default=0),
    )
    return Sums(sessions=found["sessions"], charged=found["charged"], returned=-found["returned"])


def running(operator: Operator) -> tuple[date, Sums] | None:
    """The oldest month that is not closed, with its sums until now; None where nothing is open."""
    first = not_settled(operator).order_by("requested").values_list("requested", flat=True).first()
    if first is None:
        return None
    month = month_of(first)
    closed = Settlement.objects.filter(operator=operator).order_by("-month").first()
    if closed is not None and month <= closed.month:
        # What came after a month was closed belongs to the next one.
        month = next_month(closed.month)
    return month, sums(not_settled(operator).filter(requested__lt=ends(month)))


def close(operator: Operator, month: date, who: Account | None) -> Settlement:
    """Close a month that is over; a second time it is the same settlement. Raises Refused."""
    if ends(month) > clock.now():
        raise Refused("month", "running", _("This month is not over yet. Close it afterwards."))
    with transaction.atomic():
        Operator.objects.select_for_update().get(pk=operator.pk)
        if known := Settlement.objects.filter(operator=operator, month=month).first():
            return known
        if Settlement.objects.filter(operator=operator, month__gt=month).exists():
            raise Refused("month", "later", _("A later month is closed already."))
        row = Settlement.objects.create(
            operator=operator, month=month, number=f"P-{month:%Y-%m}-{operator.pk:03d}",
            sessions=0, charged_cents=0, returned_cents=0, cents=0, closed_by=who,
        )  # fmt: skip
        not_settled(operator).filter(requested__lt=ends(month)).update(settlement=row)
        _fill(row)
        record(who or "city", "parking_tickets.settlement", row, cents=row.cents)
    return row


def _fill(row: Settlement) -> None:
    """Sums over exactly the changes that name this settlement, whatever else happens meanwhile."""
    counted = Change.objects.filter(settlement=row)
    told = sums(counted)
    row.sessions, row.cents = told.sessions, told.cents
    row.charged_cents, row.returned_cents = told.charged, told.returned
    row.statement = {"zones": _by_zone(counted)}
    row.save(update_fields=["sessions", "cents", "charged_cents", "returned_cents", "statement"])


def _by_zone(changes: QuerySet[Change]) -> list[dict[str, object]]:
    rows = changes.order_by("session__zone__number").values("session__zone__number")
    found = rows.annotate(
        rights=Count("pk", filter=Q(kind="start")),
        charged=Sum("delta_cents", filter=Q(delta_cents__gt=0), default=0),
        returned=Sum("delta_cents", filter=Q(delta_cents__lt=0), default=0),
        tax=Sum(_tax(F("cents")) - _tax(F("cents") - F("delta_cents")), default=0),
    )
    return [
        {"zone": one["session__zone__number"], "rights": one["rights"],
         "charged": one["charged"], "returned": -one["returned"],
         "cents": one["charged"] + one["returned"], "tax": one["tax"]}
        for one in found
    ]  # fmt: skip


def _tax(gross: CombinedExpression | F) -> CombinedExpression:
    """`entries.tax_part` in the database, which also cuts whole numbers off."""
    rate = Cast("session__zone__tax_rate", BigIntegerField())
    whole = rate + 1000
    return (gross * rate * 2 + whole) / (whole * 2)


def mark_paid(row: Settlement, cents: int, note: str, who: Account) -> Settlement:
    """The operator's money came; another amount needs a note. Raises Refused."""
    if cents != row.cents and not note.strip():
        told = _("This is not the amount of the statement. Say why in the note.")
        raise Refused("note", "missing", told)
    with transaction.atomic():
        row = Settlement.objects.select_for_update().select_related("operator").get(pk=row.pk)
        if row.paid is not None:
            raise Refused("id", "paid", _("This month is paid already."))
        row.paid, row.paid_cents, row.note = clock.now(), cents, note.strip()[:300]
        row.save(update_fields=["paid", "paid_cents", "note"])
        if cents:
            entries.settled(row, cents)
        record(who, "parking_tickets.settlement_paid", row, cents=cents)
    return row


def disagreement(operator: Operator) -> int:
    """By how many cents the books and the lists of an operator's money differ: always 0."""
    open_ = not_settled(operator).aggregate(sum=Sum("delta_cents", default=0))["sum"]
    closed = Settlement.objects.filter(operator=operator).aggregate(
        owed=Sum("cents", default=0), paid=Sum("paid_cents", default=0)
    )
    listed = open_ + closed["owed"] - closed["paid"]
    return on("receivable", entries.owed_by(operator)) - int(listed)
