"""The ways to pay: one adapter per protocol, and what each of them must be told."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import registry
from stadtkern.kernel.payments.models import Provider
from stadtkern.kernel.payments.providers.protocol import PaymentProvider

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise as Text
else:
    Text = str

ADDRESS = _("Address")
STATEMENT = _("Address of the daily statement")


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """One setting of an adapter."""

    name: str
    title: Text
    required: bool = True
    help: Text = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """An adapter: its class, and what staff enter; `online` where people pay by themselves."""

    title: Text
    path: str
    settings: tuple[Wanted, ...] = ()
    secret: Text = ""
    online: bool = True


STATEMENT_SETTING = Wanted(
    name="statement", title=STATEMENT, required=False,
    help=_("{day} becomes the day, such as 2026-11-23. Empty: there is none."),
)  # fmt: skip
PAGES_SETTING = Wanted(
    name="pages",
    title=_("Address of the payment pages"),
    required=False,
    help=_("If they are not where the other address is: people are sent there to pay."),
)
PAYOUT_SETTING = Wanted(
    name="payout",
    title=_("Text of its payouts"),
    required=False,
    help=_("By these words in the bank's file we know that the provider pays out."),
)
HERE = "stadtkern.kernel.payments.providers"
KINDS: dict[str, Kind] = {
    "xbezahldienste": Kind(
        title=_("XBezahldienste (ePayBL, pmPayment, GiroCheckout)"),
        path=f"{HERE}.xbezahldienste.XBezahldienste",
        settings=(
            Wanted(name="base", title=ADDRESS),
            Wanted(name="token", title=_("Address for access tokens")),
            Wanted(name="originator", title=_("originatorId (procedure)")),
            Wanted(name="end_point", title=_("endPointId (authority)")),
            Wanted(name="client", title=_("client_id")),
            PAGES_SETTING, STATEMENT_SETTING, PAYOUT_SETTING,
        ),
        secret=_("client_secret"),
    ),
    "giro": Kind(
        title=_("Bank transfer at once (GiroCheckout)"), path=f"{HERE}.giro.Giro",
        settings=(
            Wanted(name="base", title=ADDRESS),
            Wanted(name="merchant", title=_("merchantId")),
            Wanted(name="project", title=_("projectId")),
            PAGES_SETTING, STATEMENT_SETTING, PAYOUT_SETTING,
        ),
        secret=_("Project password"),
    ),
    "card": Kind(
        title=_("Card (payments API with a hosted page)"), path=f"{HERE}.card.Card",
        settings=(
            Wanted(name="base", title=ADDRESS), PAGES_SETTING, STATEMENT_SETTING, PAYOUT_SETTING,
        ),
        secret=_("API key"),
    ),
    "wallet": Kind(
        title=_("Wallet (orders and captures)"), path=f"{HERE}.wallet.Wallet",
        settings=(
            Wanted(name="base", title=ADDRESS), Wanted(name="client", title=_("client_id")),
            PAGES_SETTING, STATEMENT_SETTING, PAYOUT_SETTING,
        ),
        secret=_("client_secret"),
    ),
    "invoice": Kind(
        title=_("Invoice: transfer to the city's account"), path=f"{HERE}.invoice.Invoice",
        settings=(
            Wanted(name="owner", title=_("Account holder")), Wanted(name="iban", title=_("IBAN")),
            Wanted(name="bank", title=_("Bank"), required=False),
        ),
    ),
    "counter": Kind(
        title=_("Counter: cash and girocard terminal"), path=f"{HERE}.counter.Counter",
        online=False,
    ),
}  # fmt: skip


def adapter(provider: Provider) -> PaymentProvider:
    """What speaks to this provider. Raises KeyError: its adapter is not installed."""
    made: PaymentProvider = registry.resolve(KINDS[provider.adapter].path)(provider)
    return made


def offered() -> list[Provider]:
    """Who can be paid at from home, in the order in which the city shows them."""
    online = [slug for slug, kind in KINDS.items() if kind.online]
    return list(Provider.objects.filter(active=True, adapter__in=online))
