"""What every way to pay can do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from stadtkern.kernel.payments.models import Refund, Transaction

State = Literal["started", "booked", "failed", "cancelled", "expired"]
Sent = Literal["wanted", "sent", "done", "failed", "manual"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Started:
    """A payment that the provider knows: by what id, and the page where it is paid."""

    their_id: str
    page: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What the provider says of a payment when we ask; `cents` is what was paid."""

    state: State
    cents: int = 0
    method: str = ""
    problem: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Returned:
    """What became of a refund. `manual`: the provider cannot, so the treasury has to."""

    state: Sent
    their_id: str = ""
    problem: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """One line of a provider's statement of a day; a refund's `cents` are negative."""

    their_id: str
    request_id: str
    cents: int
    fee: int = 0

    @property
    def is_refund(self) -> bool:
        """Whether money went back."""
        return self.cents < 0


class PaymentProvider(Protocol):
    """One contract with a provider. What is asked twice is done once: `request_id` is the key.

    Everything may raise ProviderProblem (try again later) or ProviderRefuses (it is no use).
    """

    def start(self, transaction: Transaction) -> Started:
        """Tell the provider of a payment, and get the page to send the payer to."""

    def status(self, transaction: Transaction) -> Outcome:
        """How the payment stands, asked at the provider itself."""

    def refund(self, refund: Refund) -> Returned:
        """Send money back, or hear how that stands."""

    def statement(self, day: date) -> Sequence[Settled] | None:
        """What the provider says of a day of the city's zone; None where it gives no statement."""

    def check(self) -> str:
        """What the test of the connection found, in a sentence."""
