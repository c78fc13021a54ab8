"""Transfer to the city's own account; the bank's file says when the money is there."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from stadtkern.kernel.payments.charges import address
from stadtkern.kernel.payments.models import Provider, Refund, Transaction
from stadtkern.kernel.payments.problems import ProviderProblem
from stadtkern.kernel.payments.providers.call import setting
from stadtkern.kernel.payments.providers.protocol import Outcome, Returned, Settled, Started

MODULUS = 97


class Invoice:
    """The payer gets account and reference, and transfers whenever the invoice is due."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    def start(self, transaction: Transaction) -> Started:
        """Our own page with the account; one per charge."""
        charge = transaction.charge
        number = f"{charge.reference}-{transaction.pk}"
        return Started(their_id=number, page=address(charge, "payments:invoice"))

    def status(self, transaction: Transaction) -> Outcome:
        """Nobody can be asked: only the bank's file knows."""
        return Outcome(state="started")

    def refund(self, refund: Refund) -> Returned:
        """The treasury transfers the money."""
        return Returned(state="manual")

    def statement(self, day: date) -> Sequence[Settled] | None:
        """None: there is the bank's file."""
        return None

    def check(self) -> str:
        """Whether the IBAN is one. Raises ProviderProblem."""
        if not is_iban(setting(self.provider, "iban")):
            raise ProviderProblem(_("The check digits of the IBAN are wrong."))
        return _("The IBAN is written correctly.")


def is_iban(text: str) -> bool:
    """Check digits of ISO 13616."""
    bare = text.replace(" ", "").upper()
    if not (15 <= len(bare) <= 34 and bare.isascii() and bare.isalnum()):
        return False
    moved = bare[4:] + bare[:4]
    return int("".join(str(int(one, 36)) for one in moved)) % MODULUS == 1
