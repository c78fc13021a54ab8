"""The RDF formats of the catalogue: their names in addresses, media types, and who writes them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from stadtkern.kernel.catalogue.dcat import json_ld, rdf_xml, turtle
from stadtkern.kernel.catalogue.dcat.nodes import Node


@dataclass(frozen=True, kw_only=True, slots=True)
class Format:
    """One way to write nodes: `part` of some of them, and a `document` of parts."""

    ending: str
    media_type: str
    part: Callable[[Iterable[Node]], str]
    document: Callable[[Iterable[str]], str]


TURTLE: Final = Format(
    ending="ttl", media_type="text/turtle", part=turtle.part, document=turtle.document
)
RDF_XML: Final = Format(
    ending="rdf", media_type="application/rdf+xml", part=rdf_xml.part, document=rdf_xml.document
)
JSON_LD: Final = Format(
    ending="jsonld", media_type="application/ld+json", part=json_ld.part, document=json_ld.document
)
FORMATS: Final[Mapping[str, Format]] = {
    "ttl": TURTLE, "rdf": RDF_XML, "xml": RDF_XML, "jsonld": JSON_LD, "json": JSON_LD,
}  # fmt: skip
# What else programs ask for and mean one of ours.
_MEANT: Final[Mapping[str, Format]] = {
    "text/turtle": TURTLE, "application/x-turtle": TURTLE, "text/n3": TURTLE,
    "application/rdf+xml": RDF_XML, "application/xml": RDF_XML, "text/xml": RDF_XML,
    "application/ld+json": JSON_LD, "application/json": JSON_LD,
}  # fmt: skip
_PAGES = ("text/html", "application/xhtml+xml")


def wanted(accept: str, *, page: bool) -> Format | None:
    """The format that an Accept header likes best; None where that is a page for people.

    Where it likes all the same, Turtle, or the page if there is one (RFC 9110, 12.5.1).
    """
    best, weight = None if page else TURTLE, 0.0
    for media_type, q in _liked(accept):
        known = media_type in _MEANT or (page and media_type in _PAGES)
        if known and q > weight:
            best, weight = _MEANT.get(media_type), q
        elif media_type in ("*/*", "text/*") and q > weight:
            best, weight = None if page else TURTLE, q
    return best


def _liked(accept: str) -> Iterable[tuple[str, float]]:
    for one in accept.split(","):
        media_type, *parameters = (part.strip().lower() for part in one.split(";"))
        yield media_type, _weight(parameters)


def _weight(parameters: Iterable[str]) -> float:
    for one in parameters:
        if one.startswith("q="):
            try:
                return max(0.0, min(1.0, float(one[2:])))
            except ValueError:
                return 0.0
    return 1.0
