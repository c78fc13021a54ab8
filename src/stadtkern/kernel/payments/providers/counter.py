"""Cash and girocard at a counter: a clerk notes that the money is there."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from stadtkern.kernel.payments.models import Provider, Refund, Transaction
from stadtkern.kernel.payments.problems import ProviderRefuses
from stadtkern.kernel.payments.providers.protocol import Outcome, Returned, Settled, Started


class Counter:
    """girocard is a scheme where the card is present, so there is no page to pay on."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    def start(self, transaction: Transaction) -> Started:
        """Raises ProviderRefuses: nobody can pay here from home."""
        raise ProviderRefuses(_("Payment at the counter is noted by staff."))

    def status(self, transaction: Transaction) -> Outcome:
        """It was booked when the clerk noted it, or it never began."""
        return Outcome(state="started")

    def refund(self, refund: Refund) -> Returned:
        """The clerk hands the money back."""
        return Returned(state="manual")

    def statement(self, day: date) -> Sequence[Settled] | None:
        """None: the terminal's daily closing is compared by the treasury."""
        return None

    def check(self) -> str:
        """There is nothing that could be out of reach."""
        return _("Nothing has to be set up for this.")
