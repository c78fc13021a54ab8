"""Charges with items, transactions at providers, refunds, and the ledger of all of it."""

from stadtkern.kernel.payments.models.charge import CHARGE_STATES, Charge, Item
from stadtkern.kernel.payments.models.ledger import ACCOUNTS, Entry, Posting
from stadtkern.kernel.payments.models.provider import Provider
from stadtkern.kernel.payments.models.reconciling import DIFFERENCES, Difference, Statement
from stadtkern.kernel.payments.models.transaction import (
    REFUND_STATES,
    TRANSACTION_STATES,
    Refund,
    Transaction,
)

__all__ = [
    "ACCOUNTS",
    "CHARGE_STATES",
    "DIFFERENCES",
    "REFUND_STATES",
    "TRANSACTION_STATES",
    "Charge",
    "Difference",
    "Entry",
    "Item",
    "Posting",
    "Provider",
    "Refund",
    "Statement",
    "Transaction",
]
