"""The catalogue as one transfer of XZuFi 2.2.0, in the structure of published transfers."""

from collections.abc import Iterable
from datetime import UTC
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from stadtkern.kernel import clock
from stadtkern.kernel.cases.catalogue.flat import flat
from stadtkern.kernel.cases.catalogue.xzufi import modules
from stadtkern.kernel.cases.models import Service
from stadtkern.kernel.people.models import Department

SPACE: Final = f"{{{modules.NAMESPACE}}}"
LANGUAGES: Final = ("de", "en")


def write(services: Iterable[Service], *, sender: str) -> bytes:
    """All of these with their offices; `sender` names the city."""
    register_namespace("xzufi", modules.NAMESPACE)
    root = Element(f"{SPACE}transfer", {
        "produktbezeichnung": "Stadtkern", "produkthersteller": "Stadtkern",
        "xzufiVersion": "2.2.0",
    })  # fmt: skip
    head = SubElement(root, f"{SPACE}nachrichtenkopf")
    SubElement(head, f"{SPACE}nachrichtenID").text = f"stadtkern-{clock.now():%Y%m%d%H%M%S}"
    SubElement(head, f"{SPACE}nachrichtErstellt").text = clock.now().astimezone(UTC).isoformat()
    SubElement(head, f"{SPACE}absender").text = sender
    duties: dict[Department, list[Service]] = {}
    for one in services:
        _service(SubElement(root, f"{SPACE}schreibe"), one)
        if one.department:
            duties.setdefault(one.department, []).append(one)
    for department, rows in duties.items():
        _office(SubElement(root, f"{SPACE}schreibe"), department, rows)
    indent(root)
    content: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _service(parent: Element, one: Service) -> None:
    node = SubElement(parent, f"{SPACE}leistung")
    SubElement(node, f"{SPACE}id", {"schemeAgencyID": "stadtkern"}).text = str(one.public_id)
    if one.leika:
        # Codes stand outside of the namespace, as in all XÖV standards.
        SubElement(SubElement(node, f"{SPACE}referenzLeiKa"), "code").text = one.leika
    told = flat(one)
    _text(node, told, "title", modules.TITLE, "Leistungsbezeichnung")
    for module, name in modules.WRITTEN.items():
        _text(node, told, module, "", name)
    for element, module in modules.ELEMENTS.items():
        _said(node, element, "beschreibung", _by_language(told, module))
    if one.words:
        _words(node, one.words)
    version = SubElement(node, f"{SPACE}versionsinformation")
    stamp = one.changed.astimezone(UTC).isoformat()
    SubElement(version, f"{SPACE}geaendertDatumZeit").text = stamp


def _text(node: Element, told: dict[str, str], module: str, code: str, name: str) -> None:
    said = _by_language(told, module)
    if not said:
        return
    part = SubElement(node, f"{SPACE}modulText")
    for language, text in said.items():
        SubElement(part, f"{SPACE}inhalt", {"languageCode": language}).text = text
    kind = SubElement(part, f"{SPACE}leikaTextmodul")
    if code:
        SubElement(kind, "code").text = code
    SubElement(kind, "name").text = name


def _said(node: Element, element: str, child: str, said: dict[str, str]) -> None:
    if said:
        part = SubElement(node, f"{SPACE}{element}")
        for language, text in said.items():
            SubElement(part, f"{SPACE}{child}", {"languageCode": language}).text = text


def _by_language(told: dict[str, str], module: str) -> dict[str, str]:
    found = {language: told[modules.key_of(module, language)] for language in LANGUAGES}
    return {language: text for language, text in found.items() if text}


def _words(node: Element, words: str) -> None:
    part = SubElement(node, f"{SPACE}modulBegriffImKontext")
    for word in (one.strip() for one in words.split(",")):
        if word:
            term = SubElement(part, f"{SPACE}begriffImKontext")
            SubElement(term, f"{SPACE}begriff", {"languageCode": "de"}).text = word


def _office(parent: Element, department: Department, rows: Iterable[Service]) -> None:
    node = SubElement(parent, f"{SPACE}organisationseinheit")
    SubElement(node, f"{SPACE}id", {"schemeAgencyID": "stadtkern"}).text = department.slug
    name = SubElement(node, f"{SPACE}name")
    SubElement(name, f"{SPACE}name", {"languageCode": "de"}).text = department.title
    for one in rows:
        duty = SubElement(node, f"{SPACE}zustaendigkeit")
        number = SubElement(duty, f"{SPACE}leistungID", {"schemeAgencyID": "stadtkern"})
        number.text = str(one.public_id)
