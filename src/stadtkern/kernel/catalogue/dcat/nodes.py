"""What a record says, as nodes with facts: the one form that every RDF format is written from.

No node is blank, so documents of the same format can be put one after another.
"""

import re
from dataclasses import dataclass, field
from typing import Final

PREFIXES: Final = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dcatde": "http://dcat-ap.de/def/dcatde/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
# Characters that XML 1.0 cannot carry (clause 2.2).
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
# Characters that an IRI in Turtle may not have (RDF 1.1 Turtle, IRIREF).
_NOT_IN_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]')


def fit(text: str) -> str:
    """A text without what XML cannot carry, its lines ended as XML reads them."""
    return _UNFIT.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True, slots=True)
class Iri:
    """An absolute IRI; what may not stand in one is percent-encoded."""

    value: str

    def __post_init__(self) -> None:
        fit = _NOT_IN_IRI.sub(lambda found: f"%{ord(found.group()):02X}", self.value)
        object.__setattr__(self, "value", fit)


@dataclass(frozen=True, slots=True)
class Literal:
    """A text with a language, or a value of a kind (`xsd:date`); plain where it has neither."""

    value: str
    language: str = ""
    kind: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", fit(self.value))


Value = Iri | Literal


@dataclass(kw_only=True, slots=True)
class Node:
    """A resource with its types and facts; names are `prefix:local` with prefixes of PREFIXES."""

    iri: str
    types: tuple[str, ...]
    facts: list[tuple[str, Value]] = field(default_factory=list)

    def add(self, name: str, value: Value | None) -> None:
        """One more fact; none where there is no value."""
        if value is not None and (name, value) not in self.facts:
            self.facts.append((name, value))

    def link(self, name: str, iri: str) -> None:
        """A fact that points somewhere; none where the address is empty."""
        if iri:
            self.add(name, Iri(iri))

    def say(self, name: str, text: object, *, language: str = "", kind: str = "") -> None:
        """A fact in words or figures; none where it is empty."""
        if text not in ("", None):
            self.add(name, Literal(str(text), language, kind))


def full(name: str) -> str:
    """`dct:title` as an IRI."""
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def short(iri: str) -> str | None:
    """An IRI as `prefix:local`; None where no prefix of ours fits."""
    for prefix, start in PREFIXES.items():
        local = iri.removeprefix(start)
        if local != iri and re.fullmatch(r"[A-Za-z_][\w-]*", local, re.ASCII):
            return f"{prefix}:{local}"
    return None
