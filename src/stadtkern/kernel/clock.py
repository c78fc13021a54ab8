"""The only way to ask what time it is, so that tests can hold it still."""

from datetime import UTC, datetime, timedelta


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def age(instant: datetime) -> timedelta:
    """How long ago an instant was; never negative, since device clocks run ahead."""
    return max(now() - instant, timedelta())
