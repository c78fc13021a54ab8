"""Single logout as the citizens' provider speaks it: asked by the city, and asking it."""

import base64
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lxml import etree  # noqa: TID253  a program of its own

from simulators.identity_provider import sealing
from simulators.identity_provider.sealing import NS, A, P, Wrong

SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
RESPONDER = "urn:oasis:names:tc:SAML:2.0:status:Responder"


@dataclass(frozen=True, kw_only=True)
class Question:
    """What the city asks: whose session to end."""

    id: str
    name: str


def place_of(metadata: bytes) -> str:
    """Where the city wants to be told. Raises Wrong."""
    found = parsed(metadata).xpath("//md:SingleLogoutService/@Location", namespaces=NS)
    if not found:
        raise Wrong("the metadata name no address for signing out")
    return str(found[0])


def read(text: str, metadata: bytes, here: str) -> Question:
    """A LogoutRequest that the city has signed. Raises Wrong."""
    root = parsed(base64.b64decode(text))
    if root.tag != f"{{{P}}}LogoutRequest" or root.get("Destination") != here:
        raise Wrong("not a LogoutRequest for us")
    sealing.verify(root, parsed(metadata))
    return Question(id=root.get("ID") or "", name=root.findtext(f"{{{A}}}NameID") or "")


def answer(question: Question, place: str, issuer: str, key: bytes, *, good: bool) -> str:
    """The LogoutResponse, base64."""
    root = _message("LogoutResponse", place, issuer)
    root.set("InResponseTo", question.id)
    status = etree.SubElement(root, f"{{{P}}}Status")
    etree.SubElement(status, f"{{{P}}}StatusCode", Value=SUCCESS if good else RESPONDER)
    return _signed(root, key)


def ask(name: str, index: str, place: str, issuer: str, key: bytes | None) -> str:
    """A LogoutRequest, base64; unsigned without a key."""
    root = _message("LogoutRequest", place, issuer)
    form = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
    etree.SubElement(root, f"{{{A}}}NameID", Format=form).text = name
    if index:
        etree.SubElement(root, f"{{{P}}}SessionIndex").text = index
    return _signed(root, key)


def check_answer(text: str, metadata: bytes, here: str) -> bool:
    """Whether the city says, signed, that it has signed the person out. Raises Wrong."""
    root = parsed(base64.b64decode(text))
    if root.tag != f"{{{P}}}LogoutResponse" or root.get("Destination") != here:
        raise Wrong("not a LogoutResponse for us")
    sealing.verify(root, parsed(metadata))
    return bool(root.xpath("p:Status/p:StatusCode/@Value", namespaces=NS) == [SUCCESS])


def issuer_of(text: str) -> str:
    return parsed(base64.b64decode(text)).findtext(f"{{{A}}}Issuer") or ""


def parsed(text: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.fromstring(text, parser)


def _message(kind: str, place: str, issuer: str) -> Any:
    root = etree.Element(
        f"{{{P}}}{kind}", nsmap={"samlp": P, "saml": A},
        attrib={"ID": f"_{secrets.token_hex(16)}", "Version": "2.0", "Destination": place,
                "IssueInstant": datetime.fromtimestamp(time.time(), UTC).strftime(
                    "%Y-%m-%dT%H:%M:%SZ")},
    )  # fmt: skip
    etree.SubElement(root, f"{{{A}}}Issuer").text = issuer
    return root


def _signed(root: Any, key: bytes | None) -> str:
    if key is not None:
        sealing.sign(root, key)
    return base64.b64encode(etree.tostring(root)).decode()
