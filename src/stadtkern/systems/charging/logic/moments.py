"""What a device says of the time, taken with care: clocks of devices run ahead or start in 1970."""

from datetime import UTC, datetime, timedelta

from stadtkern.kernel import clock

# Before this no charge point of ours stood anywhere: a clock that says so was not set.
EARLIEST = datetime(2015, 1, 1, tzinfo=UTC)
# Clocks that differ by less are as good as ours.
AHEAD = timedelta(minutes=5)


def read(said: str | None) -> datetime | None:
    """RFC 3339 or ISO 8601 as an aware instant; without a zone it is UTC, as OCPP asks for.

    None where nothing or nothing readable was said.
    """
    try:
        at = datetime.fromisoformat((said or "").strip().replace("Z", "+00:00"))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def sane(said: str | None) -> datetime:
    """The instant that was said; now where it was not, lies ahead, or the clock was never set."""
    now = clock.now()
    at = read(said)
    if at is None or at < EARLIEST or at > now:
        return now
    return at


def trusted(said: str | None) -> bool:
    """Whether `sane` takes it as it was said, but for a few minutes."""
    at = read(said)
    return at is not None and EARLIEST <= at <= clock.now() + AHEAD


def text(at: datetime) -> str:
    """As OCPP writes it: UTC with milliseconds and Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
