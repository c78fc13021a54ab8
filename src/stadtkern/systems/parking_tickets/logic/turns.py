"""One at a time for a plate: whoever changes what a plate may do waits for the others."""

from collections.abc import Iterable
from typing import Final

from django.db import connection

# Of the first half of our advisory locks; the second is a part of the plate's key.
LOCK: Final = 0x5041524B


def take(plate_keys: Iterable[int | None]) -> None:
    """Wait for the turn of these plates, in one order for all; it ends with the transaction."""
    parts = sorted({key % 2**31 for key in plate_keys if key is not None})
    with connection.cursor() as cursor:
        for part in parts:
            cursor.execute("select pg_advisory_xact_lock(%s, %s)", [LOCK, part])
