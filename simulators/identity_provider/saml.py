"""The citizens' provider: reads a signed AuthnRequest, writes a signed Response."""

import base64
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lxml import etree  # noqa: TID253  a program of its own

from simulators.identity_provider import sealing
from simulators.identity_provider.people import WAYS, Person
from simulators.identity_provider.sealing import Wrong

P = "urn:oasis:names:tc:SAML:2.0:protocol"
A = "urn:oasis:names:tc:SAML:2.0:assertion"
MD = "urn:oasis:names:tc:SAML:2.0:metadata"
DS = "http://www.w3.org/2000/09/xmldsig#"
AKDB = "https://www.akdb.de/request/2018/09"
NS = {"p": P, "a": A, "md": MD, "ds": DS, "akdb": AKDB}
OIDS = {
    "family_name": "2.5.4.4", "given_names": "2.5.4.42", "street": "2.5.4.16",
    "postal_code": "2.5.4.17", "city": "2.5.4.7", "birth_date": "1.2.40.0.10.2.1.1.55",
    "birth_place": "1.3.6.1.5.5.7.9.2", "email": "0.9.2342.19200300.100.1.3",
}  # fmt: skip
BPK2, QAA, PROVED = (
    "1.3.6.1.4.1.25484.494450.3", "1.2.40.0.10.2.1.1.261.94", "1.3.6.1.4.1.25484.494450.2",
)  # fmt: skip
LIVES = 300


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the city asks for."""

    id: str
    issuer: str
    landing: str
    level: int
    attributes: tuple[str, ...]
    force: bool
    # The city's certificate for what is encrypted to it; empty where it names none.
    encrypt_to: str = ""
    # How the answer calls the session that it opens.
    session: str = ""


def read(text: str, metadata: bytes, here: str) -> Asked:
    """A request that the city has signed. Raises Wrong."""
    root = _parsed(base64.b64decode(text))
    known = _parsed(metadata)
    if root.tag != f"{{{P}}}AuthnRequest":
        raise Wrong("not an AuthnRequest")
    if root.get("Destination") != here:
        raise Wrong("sent to somebody else")
    sealing.verify(root, known)
    landing = root.get("AssertionConsumerServiceURL") or ""
    allowed = known.xpath("//md:AssertionConsumerService/@Location", namespaces=NS)
    if landing not in allowed:
        raise Wrong("an address that the metadata does not name")
    wanted = root.xpath(
        "p:RequestedAuthnContext[@Comparison='minimum']/a:AuthnContextClassRef/text()",
        namespaces=NS,
    )
    attributes = root.xpath(
        "p:Extensions/akdb:AuthenticationRequest[@Version='2']/akdb:RequestedAttributes"
        "/akdb:RequestedAttribute/@Name", namespaces=NS,
    )  # fmt: skip
    return Asked(
        id=root.get("ID") or "", issuer=root.findtext(f"{{{A}}}Issuer") or "", landing=landing,
        level=int(str(wanted[0]).rpartition("-")[2]) if wanted else 1,
        attributes=tuple(str(one) for one in attributes), force=root.get("ForceAuthn") == "true",
        encrypt_to=sealing.certificate_of(known),
    )  # fmt: skip


def issuer_of(text: str) -> str:
    """Who asks, before the signature is looked at: whose metadata to read."""
    return _parsed(base64.b64decode(text)).findtext(f"{{{A}}}Issuer") or ""


def answer(
    asked: Asked, person: Person, way: str, *, issuer: str, key: bytes, fault: str = "",
    now: float | None = None,
) -> str:  # fmt: skip
    """The Response, base64; `fault` makes it wrong in one way."""
    at = time.time() if now is None else now
    at -= 7200 if fault == "expired" else 0
    level, proved = WAYS["password" if fault == "downgrade" else way]
    root = etree.Element(
        f"{{{P}}}Response", nsmap={"samlp": P, "saml": A},
        attrib={"ID": _id(), "Version": "2.0", "IssueInstant": _iso(at),
                "Destination": asked.landing, "InResponseTo": asked.id},
    )  # fmt: skip
    etree.SubElement(root, f"{{{A}}}Issuer").text = issuer
    status = etree.SubElement(root, f"{{{P}}}Status")
    good = "urn:oasis:names:tc:SAML:2.0:status:"
    code = "Responder" if fault == "cancel" else "Success"
    etree.SubElement(status, f"{{{P}}}StatusCode", Value=good + code)
    if fault != "cancel":
        audience = "https://andere-stadt.example/" if fault == "audience" else asked.issuer
        assertion = _assertion(asked, person, level, proved, issuer, audience, at)
        root.append(assertion)
        if fault != "unsigned":
            sealing.sign(assertion, key)
        if asked.encrypt_to and fault != "plain":
            sealing.encrypt(assertion, asked.encrypt_to, weak=fault == "weak")
    return base64.b64encode(etree.tostring(root)).decode()


def _assertion(
    asked: Asked, person: Person, level: int, proved: str, issuer: str, audience: str, at: float
) -> Any:
    root = etree.Element(
        f"{{{A}}}Assertion", nsmap={"saml": A},
        attrib={"ID": _id(), "Version": "2.0", "IssueInstant": _iso(at)},
    )  # fmt: skip
    etree.SubElement(root, f"{{{A}}}Issuer").text = issuer
    subject = etree.SubElement(root, f"{{{A}}}Subject")
    name = etree.SubElement(
        subject, f"{{{A}}}NameID", Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
    )
    name.text = f"_{asked.session}" if asked.session else _id()
    confirmed = etree.SubElement(
        subject, f"{{{A}}}SubjectConfirmation", Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"
    )
    etree.SubElement(
        confirmed, f"{{{A}}}SubjectConfirmationData", InResponseTo=asked.id,
        Recipient=asked.landing, NotOnOrAfter=_iso(at + LIVES),
    )  # fmt: skip
    rules = etree.SubElement(
        root, f"{{{A}}}Conditions", NotBefore=_iso(at - 60), NotOnOrAfter=_iso(at + LIVES)
    )
    only = etree.SubElement(rules, f"{{{A}}}AudienceRestriction")
    etree.SubElement(only, f"{{{A}}}Audience").text = audience
    stated = etree.SubElement(
        root,
        f"{{{A}}}AuthnStatement",
        AuthnInstant=_iso(at),
        SessionIndex=f"_i{asked.session}" if asked.session else _id(),
    )
    context = etree.SubElement(stated, f"{{{A}}}AuthnContext")
    etree.SubElement(context, f"{{{A}}}AuthnContextClassRef").text = f"STORK-QAA-Level-{level}"
    _attributes(root, asked, person, level, proved)
    return root


def _attributes(root: Any, asked: Asked, person: Person, level: int, proved: str) -> None:
    """Only what was asked for, and of somebody who gave a password only what they typed."""
    told = {BPK2: person.subject, QAA: f"STORK-QAA-Level-{level}", PROVED: proved}
    told |= {OIDS[name]: value for name, value in person.said.items() if name in OIDS}
    rows = etree.SubElement(root, f"{{{A}}}AttributeStatement")
    for oid, value in told.items():
        if f"urn:oid:{oid}" in asked.attributes:
            row = etree.SubElement(
                rows, f"{{{A}}}Attribute", Name=f"urn:oid:{oid}",
                NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri",
            )  # fmt: skip
            etree.SubElement(row, f"{{{A}}}AttributeValue").text = value


def _parsed(text: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.fromstring(text, parser)


def _id() -> str:
    return f"_{secrets.token_hex(16)}"


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
