"""Regular work on charge points: repairs, limits, power on the dashboard, and forgetting."""

from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import Q

from stadtkern.kernel import clock
from stadtkern.systems.charging.logic import bills, metered, points
from stadtkern.systems.charging.logic.commands import answers
from stadtkern.systems.charging.logic.limits import plan
from stadtkern.systems.charging.logic.repair import looking
from stadtkern.systems.charging.models import Command, Message, Reading, Token, Transaction
from stadtkern.systems.charging.ocpp import log

# So long every meter value is kept, then one of each quarter of an hour, then none.
WHOLE, QUARTERS = timedelta(days=14), timedelta(days=400)
COMMANDS: Final = timedelta(days=90)
MESSAGES: Final = timedelta(days=30)
THIN = """
delete from charging_reading r using (
  select id from (
    select id, row_number() over (
      partition by transaction_id, date_bin('15 minutes', at, timestamptz '2020-01-01')
      order by at desc) as nth
    from charging_reading where at >= %s and at < %s) as numbered
  where nth > 1) as more
where r.id = more.id
"""


def look_after() -> str:
    """Once a minute: what nobody else does."""
    gone, lost = points.let_go(), answers.give_up()
    repaired, sites, billed = looking.look(), plan.all_sites(), bills.issue_due()
    return (f"{repaired} repaired, {gone} points gone, {lost} commands unanswered, {sites} limits,"
            f" {billed} bills")  # fmt: skip


def store_power() -> str:
    """What each connected point draws now, in one batch."""
    return f"{metered.store_all()} values"


def thin_out() -> str:
    """Each day what got too old."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(THIN, [now - WHOLE - timedelta(days=30), now - WHOLE])
        thinned = cursor.rowcount
    Reading.objects.filter(at__lt=now - QUARTERS).delete()
    Command.objects.filter(created__lt=now - COMMANDS).delete()
    Message.objects.filter(at__lt=now - MESSAGES).delete()
    return f"{thinned} meter values, {log.prune()} messages"


def forget_who_charged(older_than: datetime) -> int:
    """The session stays for the books, without the token and the curve that tell whose it was."""
    old = Transaction.objects.filter(state="ended", ended__lt=older_than, token__isnull=False)
    with transaction.atomic():
        rows = Transaction.objects.filter(pk__in=list(old.values_list("pk", flat=True)))
        Reading.objects.filter(transaction__in=rows).delete()
        bills.coarsen(rows)
        return rows.update(token=None)


def forget_tokens(older_than: datetime) -> int:
    """Tokens that nobody has used for so long."""
    unused = Q(used__lt=older_than) | Q(used=None, created__lt=older_than)
    in_use = Transaction.objects.filter(token__isnull=False).values("token")
    return Token.objects.filter(unused).exclude(pk__in=in_use).delete()[0]
