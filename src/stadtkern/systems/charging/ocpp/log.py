"""Keeps the last messages of each point, without tokens and passwords."""

from typing import Any, Final

from django.db import connection

from stadtkern.kernel import clock
from stadtkern.systems.charging.models import Message

# Whatever stands under these keys is nobody's to read.
HIDDEN: Final = frozenset((
    "idTag", "parentIdTag", "idToken", "groupIdToken", "additionalIdToken", "certificate", "csr",
    "certificateChain", "signedMeterData", "signedMeterValue", "data", "location", "retrieveURL",
    "remoteLocation", "attributeValue", "evccId", "vin",
))  # fmt: skip
# A setting with one of these names is hidden, others are shown.
SECRETS: Final = ("AuthorizationKey", "BasicAuthPassword", "Password")
MARK: Final = "•••"
LONGEST, KEEP = 4000, 200
PRUNE = """
delete from charging_message m using (
  select id from (
    select id, row_number() over (partition by point_id order by id desc) as nth
    from charging_message) as numbered
  where nth > %s) as old
where m.id = old.id
"""


def write(
    point: int, action: str, *, ours: bool, asked: Any = None, answered: Any = None,
    error: str = "", detail: str = "", milliseconds: int | None = None,
) -> None:  # fmt: skip
    """One call with its answer."""
    Message.objects.create(
        point_id=point, at=clock.now(), ours=ours, action=action[:40], asked=_short(asked),
        answered=_short(answered), error=error[:40], detail=detail[:300],
        milliseconds=milliseconds,
    )  # fmt: skip


def prune() -> int:
    """Forget all but the last of each point."""
    with connection.cursor() as cursor:
        cursor.execute(PRUNE, [KEEP])
        return int(cursor.rowcount)


def hidden(value: Any) -> Any:
    """The same with marks where secrets stood."""
    if isinstance(value, list):
        return [hidden(one) for one in value]
    if not isinstance(value, dict):
        return value
    secret = str(value.get("key", "")) in SECRETS
    return {
        key: MARK if (key in HIDDEN and one) or (secret and key == "value") else hidden(one)
        for key, one in value.items()
    }


def _short(value: Any) -> Any:
    """Long reports are cut: they are read elsewhere."""
    if value is None:
        return None
    clean = hidden(value)
    text = str(clean)
    return clean if len(text) <= LONGEST else {"…": text[:LONGEST]}
