"""What the city knows of whoever is signed in, where it comes from, and how sure that is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from stadtkern.kernel.identity.trust import Trust
from stadtkern.kernel.people.models import Account, Identity

NAMES: Final = (
    "family_name", "given_names", "birth_date", "birth_place", "street", "postal_code", "city",
    "email", "phone", "organisation",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Attribute:
    """A value; `origin` is `account` or a provider's slug. A form cannot change a locked one."""

    value: str
    origin: str
    locked: bool
    level: int


def of(account: Account) -> dict[str, Attribute]:
    """All that is known, by name; of several sources the surest, among equals the latest."""
    known = _own(account)
    rows = account.identities.select_related("provider").order_by("level", "verified")
    for identity in rows:
        known |= _of_identity(identity)
    return known


def _own(account: Account) -> dict[str, Attribute]:
    said = {"family_name": account.last_name, "given_names": account.first_name}
    if account.email_confirmed:
        said["email"] = account.email
    return _attributes(said, "account", Trust.BASIC)


def _of_identity(identity: Identity) -> dict[str, Attribute]:
    said: Mapping[str, str] = identity.inside.get("attributes", {})
    return _attributes(said, identity.provider.slug, Trust(identity.level))


def _attributes(said: Mapping[str, str], origin: str, level: Trust) -> dict[str, Attribute]:
    """Locked where an electronic identity card proved it: it is what the register says."""
    return {
        name: Attribute(value=said[name], origin=origin, level=int(level),
                        locked=level >= Trust.HIGH and name not in ("email", "phone"))
        for name in NAMES if said.get(name)
    }  # fmt: skip
