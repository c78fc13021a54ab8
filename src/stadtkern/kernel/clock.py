"""The only way to ask what time it is, so that tests can hold it still."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_held: ContextVar[datetime | None] = ContextVar("held", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _held.get() or datetime.now(UTC)


@contextmanager
def held(instant: datetime) -> Iterator[None]:
    """It is this instant inside, for whatever makes up a past, such as the demo city."""
    token = _held.set(instant)
    try:
        yield
    finally:
        _held.reset(token)


def age(instant: datetime) -> timedelta:
    """How long ago an instant was; never negative, since device clocks run ahead."""
    return max(now() - instant, timedelta())
