"""Empties contact data when its time is over; what statistics need stays."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Func, JSONField, QuerySet

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.models import LIVE, Booking, Wish
from stadtkern.kernel.post.models import Letter

EMPTY = {"name": "", "email": "", "phone": ""}


def erase(
    kinds: tuple[str, ...], older_than: datetime, *, keep: Sequence[str] = (),
    spare: QuerySet[Any, Any] | None = None,
) -> int:  # fmt: skip
    """Empty who booked and who waited, where it ended before; how many rows that were.

    Of `properties` only the keys in `keep` stay, which must not say who it was. Kind, subject,
    resource, times and states stay for statistics. What is still taken, such as a box with a
    bicycle in it, keeps its person until it is over, and so do the bookings in `spare`.
    """
    now, kept = clock.now(), _Kept("properties", keep)
    with transaction.atomic():
        rows = Booking.objects.of_kind(*kinds).filter(erased=None, ends__lt=older_than)
        rows = rows if spare is None else rows.exclude(pk__in=spare)
        numbers = list(
            rows.exclude(state__in=LIVE).select_for_update().values_list("pk", flat=True)
        )
        Booking.objects.filter(pk__in=numbers).update(
            **EMPTY, note="", reason="", account=None, erased=now, properties=kept
        )
        Letter.objects.filter(topic__in=[f"booking:{number}" for number in numbers]).delete()
        wishes = Wish.objects.filter(kind__in=kinds, erased=None, latest__lt=older_than)
        gone = wishes.exclude(state="offered").update(**EMPTY, erased=now, properties=kept)
        return len(numbers) + gone


class _Kept(Func):
    """A JSON object with some of its keys."""

    template = (
        "coalesce((select jsonb_object_agg(key, value) from jsonb_each(%(expressions)s)"
        " where key = any(%(keys)s::text[])), '{}'::jsonb)"
    )

    def __init__(self, field: str, keys: Sequence[str]) -> None:
        super().__init__(F(field), output_field=JSONField())
        self._keys = list(keys)

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> Any:  # type: ignore[override]
        """With the keys as a parameter."""
        sql, given = super().as_sql(compiler, connection, keys="%s", **extra)
        return sql, (*given, self._keys)
