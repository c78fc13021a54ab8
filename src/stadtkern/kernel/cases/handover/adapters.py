"""The ways into back offices: one adapter each, and what staff must tell it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import registry
from stadtkern.kernel.cases.handover.protocol import Adapter
from stadtkern.kernel.cases.models import BackOffice

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise as Text
else:
    Text = str

HERE: Final = "stadtkern.kernel.cases.handover"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """One setting; a `secret` one is kept sealed and never shown again, a `long` one has lines."""

    name: str
    title: Text
    required: bool = True
    help: Text = ""
    secret: bool = False
    long: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """An adapter: its class, what it is in words, and its settings; `keys`: it has own keys."""

    title: Text
    about: Text
    path: str
    settings: tuple[Wanted, ...] = ()
    keys: bool = False


KINDS: Final[dict[str, Kind]] = {
    "fit_connect": Kind(
        title=_("FIT-Connect"),
        about=_("Encrypted from here to the procedure, with signed receipts. The first choice."),
        path=f"{HERE}.fit_connect.adapter.FitConnect",
        settings=(
            Wanted(name="base", title=_("Address of the Submission API"),
                   help=_("Without /v1 at the end.")),
            Wanted(name="token", title=_("Address for access tokens")),
            Wanted(name="client", title=_("client_id")),
            Wanted(name="client_secret", title=_("client_secret"), secret=True),
            Wanted(name="destination", title=_("Destination ID"), required=False,
                   help=_("Empty: it is asked of the Routing API by the key of the service.")),
            Wanted(name="routing", title=_("Address of the Routing API"), required=False,
                   help=_("Without /v1 at the end.")),
            Wanted(name="portal", title=_("Issuer of routes"), required=False,
                   help=_("Self-service portal: only routes signed by it are taken.")),
            Wanted(name="ars", title=_("Regional key (ARS)"), required=False,
                   help=_("Twelve digits, for the Routing API.")),
            Wanted(name="service", title=_("URN of the service"), required=False,
                   help=_("Where the service has no LeiKa key: what the destination offers.")),
            Wanted(name="callback_secret", title=_("Secret of callbacks"), required=False,
                   secret=True),
            Wanted(name="roots", title=_("Trusted root certificates (PEM)"), required=False,
                   long=True,
                   help=_("If there are some, only keys with a certificate of them are used.")),
        ),
        keys=True,
    ),
    "xml": Kind(
        title=_("XML by a mapping (such as XÖV)"),
        about=_("A message in the procedure's own format, sent to an address or into a folder."),
        path=f"{HERE}.xml.Xml",
        settings=(
            Wanted(name="address", title=_("Address"), required=False,
                   help=_("{reference} becomes the reference. Empty: a folder of the server.")),
            Wanted(name="method", title=_("Method"), required=False,
                   help=_("PUT or POST; empty: PUT.")),
            Wanted(name="namespace", title=_("Namespace"), required=False),
            Wanted(name="mapping", title=_("Mapping"), long=True,
                   help=_("One element a line, in the order of the format: path = answer.")),
            Wanted(name="schema", title=_("Schema (XSD)"), required=False, long=True,
                   help=_("If there is one, nothing is sent that does not meet it.")),
            Wanted(name="mapping_later", title=_("Mapping of what comes later"), required=False,
                   long=True,
                   help=_("Withdrawals, messages, files: {kind}, {text}, {at}, {attachments}."
                          " Empty: somebody has to tell the office another way.")),
            Wanted(name="schema_later", title=_("Schema of what comes later (XSD)"), required=False,
                   long=True),
            Wanted(name="token", title=_("Access token"), required=False, secret=True),
        ),
    ),
    "webhook": Kind(
        title=_("Webhook: signed JSON"),
        about=_("For procedures without a standard that can take in JSON."),
        path=f"{HERE}.webhook.Webhook",
        settings=(
            Wanted(name="address", title=_("Address")),
            Wanted(name="signing_secret", title=_("Secret for signatures"), secret=True),
        ),
    ),
    "mail": Kind(
        title=_("E-mail: only a notice"),
        about=_("The last resort: a mail without content that leads to the desk."),
        path=f"{HERE}.mail.Mail",
        settings=(Wanted(name="address", title=_("E-mail address")),),
    ),
}  # fmt: skip


def adapter(office: BackOffice) -> Adapter:
    """What speaks to this office. Raises KeyError: its adapter is not installed."""
    made: Adapter = registry.resolve(KINDS[office.adapter].path)()
    return made
