"""Every installed system keeps the contract; there is no list of exceptions."""

from stadtkern.testing.contract import ContractTest as TestContract

__all__ = ["TestContract"]
