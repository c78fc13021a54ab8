"""Signatures and encryption of XML, as a provider makes and checks them."""

from typing import Any

import xmlsec
from lxml import etree  # noqa: TID253  a program of its own

P = "urn:oasis:names:tc:SAML:2.0:protocol"
A = "urn:oasis:names:tc:SAML:2.0:assertion"
MD = "urn:oasis:names:tc:SAML:2.0:metadata"
DS = "http://www.w3.org/2000/09/xmldsig#"
NS = {"p": P, "a": A, "md": MD, "ds": DS}


class Wrong(Exception):
    """A request that no provider would answer; the text says why."""


def certificate_of(metadata: Any) -> str:
    """The certificate for encryption that the city's metadata name, in PEM."""
    path = "//md:KeyDescriptor[@use='encryption']//ds:X509Certificate/text()"
    found = metadata.xpath(path, namespaces=NS)
    return _pem(str(found[0])) if found else ""


def encrypt(assertion: Any, certificate: str, *, weak: bool = False) -> None:
    """Put an EncryptedAssertion in its place (SAML 2.0 Core, 2.3.4)."""
    way = xmlsec.Transform.AES256 if weak else xmlsec.Transform.AES256_GCM
    template = xmlsec.template.encrypted_data_create(
        assertion, way, type=xmlsec.EncryptionType.ELEMENT, ns="xenc"
    )
    xmlsec.template.encrypted_data_ensure_cipher_value(template)
    info = xmlsec.template.encrypted_data_ensure_key_info(template, ns="dsig")
    wrap = xmlsec.Transform.RSA_PKCS1 if weak else xmlsec.Transform.RSA_OAEP
    wrapped = xmlsec.template.add_encrypted_key(info, wrap)
    xmlsec.template.encrypted_data_ensure_cipher_value(wrapped)
    manager = xmlsec.KeysManager()
    manager.add_key(xmlsec.Key.from_memory(certificate.encode(), xmlsec.KeyFormat.CERT_PEM))
    context = xmlsec.EncryptionContext(manager)
    context.key = xmlsec.Key.generate(xmlsec.KeyData.AES, 256, xmlsec.KeyDataType.SESSION)
    place = etree.Element(f"{{{A}}}EncryptedAssertion", nsmap={"saml": A})
    parent = assertion.getparent()
    parent.replace(assertion, place)
    place.append(assertion)
    context.encrypt_xml(template, assertion)


def sign(assertion: Any, key: bytes) -> None:
    """An enveloped signature after the issuer, as the schema wants it (SAML 2.0 Core, 5.4)."""
    kind = xmlsec.Transform.RSA_SHA256 if b"RSA" in key else xmlsec.Transform.ECDSA_SHA256
    signature = xmlsec.template.create(assertion, xmlsec.Transform.EXCL_C14N, kind, ns="ds")
    assertion.find(f"{{{A}}}Issuer").addnext(signature)
    reference = xmlsec.template.add_reference(
        signature, xmlsec.Transform.SHA256, uri=f"#{assertion.get('ID')}"
    )
    xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
    xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
    xmlsec.tree.add_ids(assertion, ["ID"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(key, xmlsec.KeyFormat.PEM)
    context.sign(signature)


def verify(root: Any, metadata: Any) -> None:
    """Signed by a key that the metadata names. Raises Wrong."""
    signature = root.find(f"{{{DS}}}Signature")
    reference = root.xpath("ds:Signature/ds:SignedInfo/ds:Reference/@URI", namespaces=NS)
    if signature is None or reference != [f"#{root.get('ID')}"]:
        raise Wrong("not signed")
    xmlsec.tree.add_ids(root, ["ID"])
    found = metadata.xpath("//md:KeyDescriptor//ds:X509Certificate/text()", namespaces=NS)
    for one in found:
        body = "".join(str(one).split())
        text = _pem(body)
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_memory(text.encode(), xmlsec.KeyFormat.CERT_PEM)
        try:
            context.verify(signature)
        except xmlsec.Error:
            continue
        return
    raise Wrong("signed by somebody else")


def _pem(body: str) -> str:
    plain = "".join(body.split())
    return f"-----BEGIN CERTIFICATE-----\n{plain}\n-----END CERTIFICATE-----\n"
