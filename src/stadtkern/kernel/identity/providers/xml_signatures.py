"""XML as providers send it: parsed without harm, signed as a whole, encrypted strongly."""

from collections.abc import Iterable
from typing import Any, Final

import xmlsec
from lxml import etree  # type: ignore[import-untyped]  # noqa: TID253  loaded when needed

DS: Final = "http://www.w3.org/2000/09/xmldsig#"
MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"
XENC: Final = "http://www.w3.org/2001/04/xmlenc#"
XENC11: Final = "http://www.w3.org/2009/xmlenc11#"
EXCLUSIVE: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
NAMES: Final = {"ds": DS, "xenc": XENC}
# SHA-1 and whatever is weaker signs nothing here.
SIGNED_BY: Final = frozenset(
    f"{MORE}{key}-sha{size}" for key in ("rsa", "ecdsa") for size in (256, 384, 512)
)
DIGESTED_BY: Final = frozenset((f"{XENC}sha256", f"{MORE}sha384", f"{XENC}sha512"))
TRANSFORMED_BY: Final = frozenset((f"{DS}enveloped-signature", EXCLUSIVE))
# RSA with PKCS #1 v1.5 and CBC let who answers wrongly be asked until the text is known.
ENCRYPTED_BY: Final = frozenset((
    f"{XENC11}aes128-gcm", f"{XENC11}aes192-gcm", f"{XENC11}aes256-gcm",
    f"{XENC}rsa-oaep-mgf1p", f"{XENC11}rsa-oaep",
))  # fmt: skip


def parsed(text: bytes) -> Any:
    """The root element. Raises ValueError: no XML, or XML that brings definitions along."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(text, parser)
    except etree.LxmlError as error:
        raise ValueError(type(error).__name__) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("a document type")
    return root


def is_signed(root: Any, certificates: Iterable[str]) -> bool:
    """Whether one of these certificates (base64) signed exactly this element, and all of it.

    What is signed elsewhere in the document, or twice under one name, counts for nothing.
    """
    number = root.get("ID")
    found = root.findall(f"{{{DS}}}Signature")
    named = [str(one) for one in root.getroottree().xpath("//@ID")]
    if not number or named.count(number) != 1 or len(found) != 1:
        return False
    if not _is_sound(found[0], number):
        return False
    xmlsec.tree.add_ids(root, ["ID"])
    return any(_fits(found[0], one) for one in certificates)


def _is_sound(signature: Any, number: str) -> bool:
    def said(path: str) -> list[str]:
        return [str(one) for one in signature.xpath(f"ds:SignedInfo/{path}", namespaces=NAMES)]

    return (
        said("ds:Reference/@URI") == [f"#{number}"]
        and said("ds:CanonicalizationMethod/@Algorithm") == [EXCLUSIVE]
        and set(said("ds:SignatureMethod/@Algorithm")) <= SIGNED_BY
        and set(said("ds:Reference/ds:DigestMethod/@Algorithm")) <= DIGESTED_BY
        and set(said("ds:Reference/ds:Transforms/ds:Transform/@Algorithm")) <= TRANSFORMED_BY
    )


def _fits(signature: Any, certificate: str) -> bool:
    text = f"-----BEGIN CERTIFICATE-----\n{certificate}\n-----END CERTIFICATE-----\n"
    try:
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_memory(text.encode(), xmlsec.constants.KeyDataFormatCertPem)
        context.verify(signature)
    except xmlsec.Error:
        return False
    return True


def is_strongly_encrypted(root: Any) -> bool:
    """Whether everything that is encrypted below is so by ways that give nothing away."""
    used = root.xpath("//xenc:EncryptionMethod/@Algorithm", namespaces=NAMES)
    return {str(one) for one in used} <= ENCRYPTED_BY
