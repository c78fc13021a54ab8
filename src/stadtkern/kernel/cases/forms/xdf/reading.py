"""XDatenfelder messages as plain data: groups and fields with what both versions say of them.

Standard: XDatenfelder 2.0 (message 0102) and 3.0.0 (messages 0102 and 0103) of FIM. Elements are
told apart by their local names: both versions use the same ones, mixed with and without namespace.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from django.utils.translation import gettext as _

NAMESPACES: Final = (
    "urn:xoev-de:fim:standard:xdatenfelder_2",
    "urn:xoev-de:fim:standard:xdatenfelder_3.0.0",
)
ROOTS: Final = {"xdatenfelder.stammdatenschema.0102": "stammdatenschema",
                "xdatenfelder.datenfeldgruppe.0103": "datenfeldgruppe"}  # fmt: skip
DEEPEST: Final = 20
MANY: Final = 10**6


class NotXdf(Exception):
    """A file that is no data schema; the text says what was found instead."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A rule as FIM has it: words, rarely more. `kind`: K, M, V, B (version 3), else empty."""

    id: str
    name: str
    text: str
    kind: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Code:
    """One value of a code list that stands in the message (version 3)."""

    code: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Datum:
    """A data field."""

    id: str
    version: str
    title: str
    help: str
    input: str
    type: str
    content: str
    limits: dict[str, str]
    code_list: str
    codes: tuple[Code, ...]
    media_types: tuple[str, ...]
    prefill: str
    rules: tuple[Rule, ...]
    relations: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """A group of data fields, or the whole schema."""

    id: str
    version: str
    title: str
    help: str
    rules: tuple[Rule, ...]
    relations: tuple[str, ...]
    parts: tuple["Part", ...] = field(default=())


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What a group holds, how often: at least and at most (`MANY` for any number)."""

    what: "Datum | Group"
    least: int
    most: int


def read(content: bytes) -> Group:
    """The schema of a message. Raises NotXdf."""
    root = _root(content)
    space, name = _split(root.tag)
    if space not in NAMESPACES:
        said = _(
            "This XML is of another standard (%(name)s). XDatenfelder 2.0 and 3.0.0 are known."
        )
        raise NotXdf(said % {"name": space or name})
    if name not in ROOTS:
        raise NotXdf(_("This message (%(name)s) holds no data schema.") % {"name": name})
    body = _child(root, ROOTS[name])
    if body is None:
        raise NotXdf(_("The data schema is missing in this message."))
    return _group(body, 0)


def _root(content: bytes) -> Element:
    from defusedxml import DefusedXmlException  # noqa: PLC0415  loads when a form is brought
    from defusedxml.ElementTree import fromstring  # noqa: PLC0415

    try:
        return fromstring(content, forbid_dtd=True)
    except (ParseError, ValueError, LookupError, DefusedXmlException) as problem:
        said = _("This is no complete XML file (%(problem)s).")
        raise NotXdf(said % {"problem": type(problem).__name__}) from problem


def _group(one: Element, depth: int) -> Group:
    if depth > DEEPEST:
        raise NotXdf(_("Groups are nested too deeply in this file."))
    ident, version = _identity(one)
    return Group(
        id=ident, version=version, title=_text(one, "bezeichnungEingabe") or _text(one, "name"),
        help=_text(one, "hilfetextEingabe") or _text(one, "hilfetext"), rules=_rules(one),
        relations=_relations(one),
        parts=tuple(part for each in _children(one, "struktur") for part in _part(each, depth)),
    )  # fmt: skip


def _part(structure: Element, depth: int) -> Iterator[Part]:
    least, most = _times(_text(structure, "anzahl"))
    holds = _child(structure, "enthaelt")
    for one in holds if holds is not None else ():
        name = _split(one.tag)[1]
        if name == "datenfeldgruppe":
            yield Part(what=_group(one, depth + 1), least=least, most=most)
        elif name == "datenfeld":
            yield Part(what=_datum(one), least=least, most=most)


def _times(text: str) -> tuple[int, int]:
    """`0:1`, `1:*`; what cannot be read counts as once."""
    low, _colon, high = text.partition(":")
    least = int(low) if low.isdecimal() and len(low) < 7 else 1
    if high == "*":
        return least, MANY
    most = int(high) if high.isdecimal() and len(high) < 7 else 1
    return min(least, max(most, 1)), max(most, 1)


def _datum(one: Element) -> Datum:
    ident, version = _identity(one)
    reference = _child(one, "codelisteReferenz")
    return Datum(
        id=ident, version=version, title=_text(one, "bezeichnungEingabe") or _text(one, "name"),
        help=_text(one, "hilfetextEingabe"), input=_code(one, "feldart") or "input",
        type=_code(one, "datentyp") or "text",
        content=next((text for each in _children(one, "inhalt") if (text := _own(each))), ""),
        limits=_limits(one), code_list=_deep(reference, "canonicalIdentification"),
        codes=_codes(one), media_types=tuple(_own(each) for each in _children(one, "mediaType")),
        prefill=_code(one, "vorbefuellung"), rules=_rules(one), relations=_relations(one),
    )  # fmt: skip


def _identity(one: Element) -> tuple[str, str]:
    found = _child(one, "identifikation")
    if found is None or not _text(found, "id"):
        raise NotXdf(_("A part of the schema has no identification."))
    return _text(found, "id"), _text(found, "version")


def _limits(one: Element) -> dict[str, str]:
    """Version 3 has attributes, version 2 JSON in the text."""
    found = _child(one, "praezisierung")
    if found is None:
        return {}
    if found.attrib:
        return {_split(name)[1]: value for name, value in found.attrib.items()}
    try:
        told: Any = json.loads(_own(found) or "{}")
    except (ValueError, RecursionError):
        return {}
    return {str(name): str(value) for name, value in told.items()} if isinstance(told, dict) else {}


def _codes(one: Element) -> tuple[Code, ...]:
    values = _child(one, "werte")
    rows = _children(values, "wert") if values is not None else ()
    pairs = ((_text(each, "code"), _text(each, "name")) for each in rows)
    return tuple(Code(code=code, name=name or code) for code, name in pairs if code)


def _rules(one: Element) -> tuple[Rule, ...]:
    found = []
    for rule in _children(one, "regel"):
        ident, _version = _identity(rule)
        words = (_text(rule, name) for name in ("freitextRegel", "definition", "beschreibung"))
        text = next((each for each in words if each), "")
        found.append(Rule(id=ident, name=_text(rule, "name"), text=text, kind=_code(rule, "typ")))
    return tuple(found)


def _relations(one: Element) -> tuple[str, ...]:
    rows = []
    for each in _children(one, "relation"):
        to = _child(each, "objekt")
        if to is not None:
            rows.append(
                f"{_code(each, 'praedikat')} {_text(to, 'id')} {_text(to, 'version')}".strip()
            )
    return tuple(rows)


def _split(tag: str) -> tuple[str, str]:
    """Namespace and local name."""
    space, brace, name = tag.rpartition("}")
    return (space[1:], name) if brace else ("", tag)


def _children(one: Element, name: str) -> Iterator[Element]:
    return (each for each in one if _split(each.tag)[1] == name)


def _child(one: Element, name: str) -> Element | None:
    return next(_children(one, name), None)


def _own(one: Element) -> str:
    return " ".join((one.text or "").split())


def _text(one: Element, name: str) -> str:
    found = _child(one, name)
    return _own(found) if found is not None else ""


def _code(one: Element, name: str) -> str:
    found = _child(one, name)
    return _text(found, "code") if found is not None else ""


def _deep(one: Element | None, name: str) -> str:
    if one is None:
        return ""
    return next((_own(each) for each in one.iter() if _split(each.tag)[1] == name), "")  # fmt: skip
