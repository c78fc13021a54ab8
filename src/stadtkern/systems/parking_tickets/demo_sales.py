"""Invented sales of the demo's past weeks, so that months, figures and statements show something.

They have no number plates: those would be deleted long since.
"""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.systems.parking_tickets.logic import closing, coins, rights, settlements
from stadtkern.systems.parking_tickets.logic.coins import Coins
from stadtkern.systems.parking_tickets.logic.making import Wanted
from stadtkern.systems.parking_tickets.logic.refusing import Refused
from stadtkern.systems.parking_tickets.models import Machine, Operator, Session, Zone

DAYS: Final = 50
A_DAY: Final = 2
COINS: Final = (50, 100, 150, 200, 250)


def fill(rng: random.Random, zones: Sequence[Zone]) -> None:
    """Some rights a day by every way there is; a second run changes nothing."""
    if Session.objects.filter(invented=True).exists():
        return
    operators = list(Operator.objects.filter(invented=True))
    machines = list(Machine.objects.filter(state="ok").select_related("zone", "place"))
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    for back in range(DAYS, 0, -1):
        with transaction.atomic():
            for number in range(A_DAY):
                at = today - timedelta(days=back) + timedelta(minutes=rng.randint(480, 960))
                _sold(rng, at, zones, operators, machines, f"demo:{back}:{number}")
    closing.close()
    _close_first_month(operators, today)


def _sold(
    rng: random.Random, at: datetime, zones: Sequence[Zone], operators: Sequence[Operator],
    machines: Sequence[Machine], key: str,
) -> None:  # fmt: skip
    with clock.held(at):
        try:
            if not operators or rng.random() < 0.3:
                coins.sell(rng.choice(machines), Coins(number=key.replace(":", "-"), begins=at,
                                                       cents=rng.choice(COINS)))  # fmt: skip
            else:
                _by_app(rng, at, rng.choice(zones), rng.choice(operators), key)
        except Refused:
            # At this hour nothing is charged there.
            return


def _by_app(
    rng: random.Random, at: datetime, zone: Zone, operator: Operator, key: str
) -> None:  # fmt: skip
    until = at + timedelta(minutes=rng.choice((30, 45, 60, 90, 110)))
    actor = f"operator:{operator.slug}"
    row = rights.start(
        Wanted(zone=zone, begins=at, until=until, plate="", operator=operator, invented=True),
        key=key, actor=actor,
    )  # fmt: skip
    if rng.random() < 0.3:
        half = at + (until - at) / 2
        with clock.held(half):
            rights.stop(row.pk, key=f"{key}:stop", actor=actor)


def _close_first_month(operators: Sequence[Operator], today: datetime) -> None:
    """One month is settled, so that its statement can be looked at."""
    month = settlements.month_of(today - timedelta(days=DAYS))
    for operator in operators:
        if settlements.ends(month) <= clock.now():
            settlements.close(operator, month, None)
