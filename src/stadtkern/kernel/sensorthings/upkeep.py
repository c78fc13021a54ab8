"""Forgets Idempotency-Keys whose day is over."""

from datetime import timedelta

from django.db import connection

from stadtkern.kernel import clock
from stadtkern.kernel.sensorthings.models import IdempotentRequest

KEPT = timedelta(hours=24)


def forget_old_requests() -> str:
    """Delete requests older than a day: their keys count as new again.

    Also the notes of changed entities, and of messages posted over MQTT, that nobody waits for.
    """
    with connection.cursor() as cursor:
        cursor.execute("delete from sensorthings_change where at < now() - interval '1 hour'")
        cursor.execute("delete from sensorthings_posted where at < now() - interval '1 hour'")
    gone, _ = IdempotentRequest.objects.filter(created__lt=clock.now() - KEPT).delete()
    return f"{gone} requests forgotten"
