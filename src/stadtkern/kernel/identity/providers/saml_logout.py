"""Single logout (SAML 2.0 Core 3.7, by POST): asked there, asked by them, and both answers."""

import secrets
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from lxml import etree  # type: ignore[import-untyped]  # noqa: TID253  loaded when needed
from onelogin.saml2.utils import OneLogin_Saml2_Utils  # type: ignore[import-untyped]

from stadtkern.kernel import clock
from stadtkern.kernel.identity.providers import xml_signatures
from stadtkern.kernel.identity.providers.protocol import Departure, Refused, setting
from stadtkern.kernel.identity.providers.saml import MOST, SAML, SAMLP, Saml

SUCCESS: Final = "urn:oasis:names:tc:SAML:2.0:status:Success"
TRANSIENT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
# A message is read at once; clocks differ a little.
FRESH: Final = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Whom a provider has signed out: its name for the session's person, and of which sessions."""

    number: str
    name: str
    indexes: tuple[str, ...]


def is_spoken(saml: Saml) -> bool:
    """Whether the provider has told where it is asked."""
    return bool(setting(saml.provider, "slo_url"))


def ask(saml: Saml, there: dict[str, str], *, origin: str, state: str) -> Departure:
    """A signed LogoutRequest in a form; `there` is what its answer to the sign-in called itself."""
    number = f"_{secrets.token_hex(20)}"
    root = _message(saml, "LogoutRequest", number, origin)
    name = etree.SubElement(
        root, f"{{{SAML}}}NameID", attrib={"Format": there.get("format") or TRANSIENT}
    )
    name.text = there["name"]
    if there.get("index"):
        etree.SubElement(root, f"{{{SAMLP}}}SessionIndex").text = there["index"]
    fields = {"SAMLRequest": _signed(saml, root), "RelayState": state}
    return Departure(url=setting(saml.provider, "slo_url"), fields=fields, keep={"request": number})


def asked(saml: Saml, text: str, *, here: str) -> Asked:
    """Their LogoutRequest, believed only if they signed it for us just now. Raises Refused."""
    root = _read(saml, text, "LogoutRequest", here)
    name = root.findtext(f"{{{SAML}}}NameID") or ""
    if not name:
        raise Refused("subject")
    found = root.findall(f"{{{SAMLP}}}SessionIndex")
    return Asked(
        number=str(root.get("ID")), name=name.strip(),
        indexes=tuple((one.text or "").strip() for one in found),
    )  # fmt: skip


def answer(saml: Saml, question: Asked, *, origin: str, state: str) -> Departure:
    """That the sessions have ended here, signed, in a form."""
    root = _message(saml, "LogoutResponse", f"_{secrets.token_hex(20)}", origin)
    root.set("InResponseTo", question.number)
    status = etree.SubElement(root, f"{{{SAMLP}}}Status")
    etree.SubElement(status, f"{{{SAMLP}}}StatusCode", attrib={"Value": SUCCESS})
    fields = {"SAMLResponse": _signed(saml, root)} | ({"RelayState": state} if state else {})
    return Departure(url=setting(saml.provider, "slo_url"), fields=fields)


def is_done(saml: Saml, text: str, *, here: str, request: str) -> bool:
    """Whether they say that they signed the person out. Raises Refused: it is not their answer."""
    root = _read(saml, text, "LogoutResponse", here)
    if root.get("InResponseTo") != request:
        raise Refused("replay", "InResponseTo")
    code = root.find(f"{{{SAMLP}}}Status/{{{SAMLP}}}StatusCode")
    return code is not None and code.get("Value") == SUCCESS


def _message(saml: Saml, kind: str, number: str, origin: str) -> Any:
    root = etree.Element(
        f"{{{SAMLP}}}{kind}", nsmap={"samlp": SAMLP, "saml": SAML},
        attrib={"ID": number, "Version": "2.0",
                "IssueInstant": clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
                "Destination": setting(saml.provider, "slo_url")},
    )  # fmt: skip
    etree.SubElement(root, f"{{{SAML}}}Issuer").text = saml.entity(origin)
    return root


def _signed(saml: Saml, root: Any) -> str:
    signed = OneLogin_Saml2_Utils.add_sign(
        etree.tostring(root), saml.key(), setting(saml.provider, "our_certificate")
    )
    return b64encode(signed).decode()


def _read(saml: Saml, text: str, kind: str, here: str) -> Any:
    """Of this kind, from this provider, for this address, of just now, and signed as a whole."""
    if not text or len(text) > MOST:
        raise Refused("unsigned", "no message")
    try:
        root = xml_signatures.parsed(b64decode(text, validate=True))
    except (NotBase64, ValueError) as error:
        raise Refused("unsigned", type(error).__name__) from None
    if root.tag != f"{{{SAMLP}}}{kind}":
        raise Refused("unsigned", "another message")
    if not xml_signatures.is_signed(root, saml.certificates()):
        raise Refused("unsigned")
    if root.findtext(f"{{{SAML}}}Issuer") != setting(saml.provider, "entity_id"):
        raise Refused("issuer")
    if root.get("Destination") != here:
        raise Refused("audience")
    _check_time(root)
    return root


def _check_time(root: Any) -> None:
    now = clock.now()
    if abs(_instant(root.get("IssueInstant")) - now) > FRESH:
        raise Refused("expired")
    until = root.get("NotOnOrAfter")
    if until and _instant(until) + FRESH < now:
        raise Refused("expired")


def _instant(said: str | None) -> datetime:
    try:
        found = datetime.fromisoformat(str(said))
    except ValueError:
        raise Refused("expired", "no time") from None
    if found.tzinfo is None:
        raise Refused("expired", "no zone")
    return found
