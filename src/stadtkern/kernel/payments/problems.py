"""Why something about money could not be done; the message is a sentence for people."""


class PaymentProblem(Exception):
    """Base: the message says what to do next."""


class NotOpen(PaymentProblem):
    """The charge is paid or cancelled already."""


class NotPaid(PaymentProblem):
    """There is nothing to pay back, or less than was asked for."""


class FourEyes(PaymentProblem):
    """Another person has to do this, or has to do their part first."""


class ChargeProblem(PaymentProblem, ValueError):
    """A charge cannot be made like this: a mistake in what a system asks for."""


class ProviderProblem(PaymentProblem):
    """The provider did not answer, or with something that cannot be used. Ask again later."""


class ProviderRefuses(ProviderProblem):
    """The provider says no for good; `code` is its own word for it."""

    def __init__(self, text: str, code: str = "") -> None:
        super().__init__(text)
        self.code = code
