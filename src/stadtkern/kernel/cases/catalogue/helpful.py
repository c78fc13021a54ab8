"""Whether a service's page helped: counts by month, and nothing about who said it."""

from datetime import date
from typing import Final

from django.db import connection
from django.utils import timezone

from stadtkern.kernel import clock
from stadtkern.kernel.cases.models import Helpful, Service

COUNT: Final = """
insert into cases_helpful (service_id, month, answer, count) values (%s, %s, %s, 1)
on conflict (service_id, month, answer) do update set count = cases_helpful.count + 1
"""


def say(service: Service, answer: str) -> bool:
    """Count one answer; False where it is none that we ask for."""
    if answer not in Helpful.ANSWERS:
        return False
    today = timezone.localdate(clock.now())
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [service.pk, date(today.year, today.month, 1), answer])
    return True
