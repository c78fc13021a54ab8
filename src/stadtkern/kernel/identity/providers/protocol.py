"""What an adapter does: send somebody to a provider, and judge what comes back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

from stadtkern.kernel.identity.trust import Trust
from stadtkern.kernel.people.models import IdentityProvider, Trip

# What providers call the levels: STORK (BundID), eIDAS, and plain numbers.
LEVELS: Final = {
    "stork-qaa-level-1": Trust.BASIC, "stork-qaa-level-2": Trust.BASIC,
    "stork-qaa-level-3": Trust.SUBSTANTIAL, "stork-qaa-level-4": Trust.HIGH,
    "http://eidas.europa.eu/loa/low": Trust.BASIC,
    "http://eidas.europa.eu/loa/substantial": Trust.SUBSTANTIAL,
    "http://eidas.europa.eu/loa/high": Trust.HIGH,
}  # fmt: skip
# Our names, as attribute maps use them; beside those of `attributes.NAMES`.
SUBJECT: Final = "subject"
LEVEL: Final = "level"
PROVED_BY: Final = "proved_by"
ORGANISATION_ID: Final = "organisation_id"


class Refused(Exception):
    """An answer that is not taken. `reason` is a word for the log: `expired`, `replay`, .."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


class Unreachable(Exception):
    """The provider does not answer, or not as it should; the text is for staff."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Departure:
    """Where the browser goes: by a link, or with a form that holds `fields`."""

    url: str
    fields: Mapping[str, str] = field(default_factory=dict)
    # What the answer must match; sealed with the trip.
    keep: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """Who came. `number` names the answer itself, so that it is taken once, until `until`.

    `session` is what the provider calls its own session: `{"name", "format", "index"}`.
    """

    subject: str
    level: Trust
    attributes: Mapping[str, str]
    number: str
    until: datetime
    proved_by: str = ""
    organisation: str = ""
    session: Mapping[str, str] = field(default_factory=dict)


class Adapter(Protocol):
    """One way to speak to a provider."""

    def depart(self, trip: Trip, *, origin: str, landing: str) -> Departure:
        """Where to, from `origin` (`https://stadt.example`) and back to `landing`.

        Raises Unreachable.
        """

    def arrive(self, trip: Trip, said: Mapping[str, str]) -> Arrival:
        """Who came back, judged against what the trip asked. Raises Refused or Unreachable."""

    def check(self) -> str:
        """What staff read after a test of the connection. Raises Unreachable."""


def setting(provider: IdentityProvider, name: str) -> str:
    """A setting; empty where it is missing."""
    return str(provider.settings.get(name, "")).strip()


def level_of(said: str, provider: IdentityProvider) -> Trust:
    """A level in the provider's words; never more than the city believes of it."""
    found = LEVELS.get(said.strip().lower(), Trust.BASIC)
    return min(found, Trust(provider.level))
