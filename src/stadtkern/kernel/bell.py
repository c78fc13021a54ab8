"""Rings for pages that are open: something about a topic has changed, look at it again.

A topic is a name such as `appointments.hall.3`. It carries nothing but that, so everybody may
listen; what has changed is seen only by who may see the page.
"""

import re

from django.db import connection

CHANNEL = "bells"
# A name that fits in an address; NOTIFY takes less than 8000 bytes.
TOPIC = re.compile(r"[a-z0-9_.-]{1,80}", re.ASCII)


def ring(*topics: str) -> None:
    """Tell open pages of these topics once the caller's transaction is committed.

    Raises ValueError: a topic has other characters than a-z, 0-9, `_`, `.` and `-`.
    """
    for topic in topics:
        if not TOPIC.fullmatch(topic):
            raise ValueError(f"no topic: {topic!r}")
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify(%s, t) from unnest(%s::text[]) t", [CHANNEL, [*topics]])
