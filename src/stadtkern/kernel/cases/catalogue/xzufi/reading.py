"""A transfer of XZuFi 2.2 or 2.3.1 becomes services that can be taken over.

Structure as published transfers have it: one `nachrichtenkopf`, then `schreibe` and `loesche` with
one object each. Elements are known by their local names, so both versions' namespaces are read.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from django.utils.translation import gettext as _

from stadtkern.kernel.cases.catalogue.flat import LEIKA
from stadtkern.kernel.cases.catalogue.taking import Incoming
from stadtkern.kernel.cases.catalogue.xzufi import modules
from stadtkern.kernel.cases.catalogue.xzufi.plain import lines

LARGEST: Final = 100_000_000
LONGEST_SUMMARY: Final = 400


class BadTransfer(Exception):
    """A file that is no transfer of XZuFi; the text says why."""


def read(content: bytes, *, codes: Mapping[str, str] | None = None) -> list[Incoming]:
    """The services of a transfer; `codes` are our modules by code. Raises BadTransfer."""
    root = _root(content)
    own = dict(codes or {})
    offices = _offices(root)
    found = [
        _incoming(node, own, offices) for part in _all(root, "schreibe")
        for node in _all(part, "leistung")
    ]  # fmt: skip
    gone = [_removed(node) for part in _all(root, "loesche") for node in part]
    return [*found, *(one for one in gone if one.id)]


def _root(content: bytes) -> Element:
    if len(content) > LARGEST:
        raise BadTransfer(_("The file is too large."))
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise BadTransfer(_("The file has a document type or entities; such files are not read.")) from None  # fmt: skip  # noqa: E501
    except (ParseError, ValueError):
        raise BadTransfer(_("The file is not well-formed XML.")) from None
    version = root.get("xzufiVersion", "")
    if not version.startswith(modules.VERSIONS):
        raise BadTransfer(_("This is no transfer of XZuFi 2.2 or 2.3: %(version)s") % {"version": version or "?"})  # fmt: skip  # noqa: E501
    if len(list(_all(root, "nachrichtenkopf"))) != 1:
        raise BadTransfer(_("A transfer has exactly one head (nachrichtenkopf)."))
    return root


def _incoming(node: Element, own: dict[str, str], offices: Mapping[str, str]) -> Incoming:
    number, system = _identity(node)
    return Incoming(
        system=system, id=number, office=offices.get(number, ""),
        version=_text(node, "versionsinformation", "geaendertDatumZeit"),
        fields={**_leika(node), **_modules(node, own), **_words(node)},
    )  # fmt: skip


def _removed(node: Element) -> Incoming:
    """A deleted service: the element is its number, or has it inside."""
    number, system = _identity(node)
    if not number and _name(node) in ("id", "leistungID"):
        number, system = (node.text or "").strip(), _system(node)
    return Incoming(system=system, id=number, removed=True)


def _identity(node: Element) -> tuple[str, str]:
    found = _one(node, "id")
    return ((found.text or "").strip(), _system(found)) if found is not None else ("", "xzufi")


def _system(node: Element) -> str:
    agency = node.get("schemeAgencyID", "")
    return f"xzufi:{agency}" if agency else "xzufi"


def _leika(node: Element) -> dict[str, str]:
    """The official key, where it is one."""
    code = _text(node, "referenzLeiKa", "code")
    return {"leika": code} if LEIKA.fullmatch(code) else {}


def _modules(node: Element, own: dict[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in _all(node, "modulText"):
        code, name = _text(part, "leikaTextmodul", "code"), _text(part, "leikaTextmodul", "name")
        if module := modules.module_of(code, name, own):
            # The title in plain words (03) is what people are shown, whichever comes first.
            _add(found, module, part, "inhalt", over=code == modules.PLAIN_TITLE)
    for element, module in modules.ELEMENTS.items():
        for part in _all(node, element):
            _add(found, module, part, "beschreibung")
    for part in _all(node, "modulDokument"):
        _documents(found, part)
    return found


def _add(
    found: dict[str, str], module: str, part: Element, element: str, *, over: bool = False
) -> None:  # fmt: skip
    for said in _all(part, element):
        language = said.get("languageCode", "de")[:2]
        text = lines(said.text or "")
        if not text or language not in ("de", "en"):
            continue
        if module in ("title", "summary"):
            text = " ".join(text.split())[: 200 if module == "title" else LONGEST_SUMMARY]
        key = modules.key_of(module, language)
        if over or not found.get(key):
            found[key] = text


def _documents(found: dict[str, str], part: Element) -> None:
    """Every document by its name, one a line and language."""
    said: dict[str, list[str]] = {}
    for node in part.iter():
        if _name(node) == "bezeichnung" and (text := lines(node.text or "")):
            language = node.get("languageCode", "de")[:2]
            said.setdefault(language, []).append(" ".join(text.split()))
    for language, names in said.items():
        if language in ("de", "en"):
            before = found.get(f"{language}.documents", "")
            found[f"{language}.documents"] = "\n".join([*before.splitlines(), *names])


def _words(node: Element) -> dict[str, str]:
    """What else it is called."""
    parts = (one for module in _all(node, "modulBegriffImKontext") for one in module.iter())
    found = [" ".join((one.text or "").split()) for one in parts if _name(one) == "begriff"]
    return {"words": ", ".join(dict.fromkeys(word for word in found if word))} if any(found) else {}


def _offices(root: Element) -> dict[str, str]:
    """Names of offices by the number of the service that they are responsible for."""
    found: dict[str, str] = {}
    for part in _all(root, "schreibe"):
        for office in _all(part, "organisationseinheit"):
            name = _text(office, "name", "name")
            for duty in _all(office, "zustaendigkeit"):
                for number in _all(duty, "leistungID"):
                    found[(number.text or "").strip()] = name
    return found


def _name(node: Any) -> str:
    return str(node.tag).rpartition("}")[2]


def _all(node: Element, name: str) -> Iterator[Element]:
    return (child for child in node if _name(child) == name)


def _one(node: Element, name: str) -> Element | None:
    return next(_all(node, name), None)


def _text(node: Element, *path: str) -> str:
    """The text at the end of a path of first children; empty where there is none."""
    found: Element | None = node
    for name in path:
        found = _one(found, name) if found is not None else None
    return (found.text or "").strip() if found is not None else ""
