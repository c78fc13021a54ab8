"""Which commands a process may send now: one at a time to each point, the oldest first."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from stadtkern.kernel import clock
from stadtkern.systems.charging.models import ChargePoint, Command

CLAIM = """
update charging_command set state = 'sent', sent = %(now)s where id in (
  select c.id from charging_command c
  join charging_chargepoint p on p.id = c.point_id
  join unnest(%(points)s::bigint[], %(lines)s::uuid[]) as held (point, line)
    on held.point = p.id and held.line = p.line
  where c.state = 'pending' and c.expires > %(now)s and p.admission <> 'refused'
    and not exists (
      select from charging_command e
      where e.point_id = c.point_id and e.id < c.id and e.state in ('pending', 'sent')
        and (e.state = 'sent' or e.expires > %(now)s))
  for update of c skip locked
) returning id
"""


def claim(lines: Mapping[int, UUID]) -> list[Command]:
    """Commands for points (by number) whose lines this process holds; now they are sent."""
    given: dict[str, Any] = {"now": clock.now(), "points": [*lines], "lines": [*lines.values()]}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(CLAIM, given)
            numbers = [row[0] for row in cursor.fetchall()]
        rows = Command.objects.select_related("point", "outlet", "token", "transaction__evse")
        return list(rows.filter(pk__in=numbers))


def replaced(lines: Mapping[int, UUID]) -> set[int]:
    """Of these points, those whose connection here counts no more."""
    counts = dict(ChargePoint.objects.filter(pk__in=lines).values_list("pk", "line"))
    return {number for number, line in lines.items() if counts.get(number) != line}
