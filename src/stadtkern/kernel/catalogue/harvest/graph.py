"""Datasets in an RDF graph of DCAT, DCAT-AP and DCAT-AP.de 1.0 to 3.0."""

import json
from typing import TYPE_CHECKING, Any, Final

from stadtkern.kernel.catalogue.dcat.nodes import PREFIXES, short
from stadtkern.kernel.catalogue.harvest import words
from stadtkern.kernel.catalogue.harvest.found import Fact, Found, Leaf, Part, Party

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

# Told on as they are; what our own columns hold is not among them.
OF_DATASETS: Final = (
    "dcatde:contributorID", "dcatap:availability", "dcatde:plannedAvailability",
    "dcatap:applicableLegislation", "dcatap:hvdCategory", "dct:language", "dct:conformsTo",
    "dct:type", "dcat:version", "dct:accessRights", "dcatde:politicalGeocodingLevelURI",
    "foaf:page", "dct:references", "dcat:temporalResolution", "dcat:spatialResolutionInMeters",
)  # fmt: skip
OF_PARTS: Final = (
    "dcat:accessURL", "dcat:downloadURL", "dcatap:availability", "dcatde:plannedAvailability",
    "dcatap:applicableLegislation", "dct:language", "dct:conformsTo", "dcat:byteSize",
    "dct:issued", "dct:modified", "foaf:page", "dcatde:licenseAttributionByText",
    "dcat:compressFormat", "dcat:packageFormat", "dct:rights",
)  # fmt: skip
LONGEST_TEXT: Final = 20_000
LONGEST_ORIGINAL: Final = 300_000
LONGEST_GEOMETRY: Final = 20_000
_IRI_LISTS: Final = {
    "dct:language": "language", "dct:accessRights": "access-right",
}  # fmt: skip


def leaf(graph: "Graph") -> Leaf:
    """All datasets of this document, and the address of the next one."""
    return Leaf(datasets=[_Reader(graph).dataset(one) for one in _datasets(graph)],
                next=_next(graph))  # fmt: skip


def _term(name: str) -> Any:
    from rdflib import URIRef

    prefix, _, local = name.partition(":")
    return URIRef(_MORE.get(prefix, PREFIXES.get(prefix, "")) + local)


_MORE: Final = {
    "locn": "http://www.w3.org/ns/locn#", "schema": "http://schema.org/",
    "time": "http://www.w3.org/2006/time#",
}  # fmt: skip


def _datasets(graph: "Graph") -> list[Any]:
    found = set(graph.subjects(_term("rdf:type"), _term("dcat:Dataset")))
    return sorted(found, key=str)


def _next(graph: "Graph") -> str:
    for name in ("hydra:next", "hydra:nextPage"):
        for address in graph.objects(None, _term(name)):
            return str(address)
    return ""


class _Reader:
    """Questions to one graph."""

    def __init__(self, graph: "Graph") -> None:
        self.graph = graph

    def dataset(self, node: Any) -> Found:
        parts = [self.part(one) for one in self.all(node, "dcat:distribution")]
        parts = sorted((one for one in parts if one.url), key=lambda one: (one.iri, one.url))
        credit = next((one.credit for one in parts if one.credit), "")
        start, end = self.period(node)
        return Found(
            iri=str(node) if self.is_iri(node) else "",
            identifiers=self.identifiers(node),
            title=self.text(node, "dct:title"), title_en=self.text(node, "dct:title", "en"),
            about=self.text(node, "dct:description")[:LONGEST_TEXT],
            about_en=self.text(node, "dct:description", "en")[:LONGEST_TEXT],
            keywords=self.words(node, english=False), keywords_en=self.words(node, english=True),
            themes=self.themes(node),
            publisher=self.party(node, "dct:publisher", "foaf:name", "foaf:mbox", "foaf:homepage"),
            contact=self.party(node, "dcat:contactPoint", "vcard:fn", "vcard:hasEmail",
                               "vcard:hasURL"),
            licence=next((one.licence for one in parts if one.licence), ""), credit=credit,
            rhythm=words.rhythm(self.one(node, "dct:accrualPeriodicity")),
            hvd=self.one(node, "dcatap:hvdCategory").rpartition("/")[2],
            landing_page=self.one(node, "dcat:landingPage"),
            issued=self.one(node, "dct:issued"), modified=self.one(node, "dct:modified"),
            period_start=start, period_end=end, geometry=self.geometry(node),
            facts=self.facts(node, OF_DATASETS), parts=parts, original=self.original(node),
        )  # fmt: skip

    def part(self, node: Any) -> Part:
        access, download = self.one(node, "dcat:accessURL"), self.one(node, "dcat:downloadURL")
        format_, media = words.format_and_media(
            self.label(node, "dct:format"), self.label(node, "dcat:mediaType")
        )
        return Part(
            url=download or access, iri=str(node) if self.is_iri(node) else "",
            title=self.text(node, "dct:title"), title_en=self.text(node, "dct:title", "en"),
            about=self.text(node, "dct:description")[:LONGEST_TEXT],
            format=format_, media_type=media,
            licence=words.licence(self.one(node, "dct:license")),
            credit=self.text(node, "dcatde:licenseAttributionByText"),
            facts=self.facts(node, OF_PARTS),
        )  # fmt: skip

    def all(self, node: Any, name: str) -> list[Any]:
        """Objects in an order that does not depend on names of blank nodes."""
        names = [_term(name)]
        if name.startswith("dcatde:"):
            names = [
                p for p in set(self.graph.predicates(node)) if words.german_name(str(p)) == name
            ]
        found = {one for p in names for one in self.graph.objects(node, p)}
        return sorted(found, key=lambda one: str(one) if self.is_plain(one) else "")

    def one(self, node: Any, name: str) -> str:
        """The first object that is an IRI or a literal."""
        return next((str(one).strip() for one in self.all(node, name) if self.is_plain(one)), "")

    def label(self, node: Any, name: str) -> str:
        """The same, or what a blank node is called."""
        if plain := self.one(node, name):
            return plain
        for one in self.all(node, name):
            for word in ("rdfs:label", "skos:prefLabel", "rdf:value"):
                if said := self.one(one, word):
                    return said
        return ""

    def text(self, node: Any, name: str, language: str = "de") -> str:
        """In this language; German is also what names no language, or none of the two."""
        said = [one for one in self.all(node, name) if self.is_literal(one)]
        tagged = [one for one in said if (one.language or "").lower().startswith(language)]
        if not tagged and language == "de":
            tagged = [one for one in said if not one.language] or said
        return str(tagged[0]).strip() if tagged else ""

    def words(self, node: Any, *, english: bool) -> list[str]:
        said = [one for one in self.all(node, "dcat:keyword") if self.is_literal(one)]
        fit = [one for one in said if ((one.language or "").lower() == "en") == english]
        return list(dict.fromkeys(str(one).strip()[:100] for one in fit if str(one).strip()))

    def themes(self, node: Any) -> list[str]:
        codes = [str(one).rpartition("/")[2] for one in self.all(node, "dcat:theme")]
        return [code for code in dict.fromkeys(codes) if code in words.THEMES]

    def identifiers(self, node: Any) -> list[str]:
        found = [str(one) for one in self.all(node, "dct:identifier") if self.is_plain(one)]
        for one in self.all(node, "adms:identifier"):
            found.append(str(one) if self.is_literal(one) else self.one(one, "skos:notation"))
        return list(dict.fromkeys(one for one in found if one))

    def party(self, node: Any, role: str, name: str, mail: str, page: str) -> Party:
        for who in self.all(node, role):
            email = self.one(who, mail) or next(
                (self.one(one, "vcard:hasValue") for one in self.all(who, mail)), ""
            )
            found = Party(
                name=self.text(who, name)[:200], email=address_of(email),
                url=self.one(who, page)[:200],
            )  # fmt: skip
            if found != Party():
                return found
        return Party()

    def period(self, node: Any) -> tuple[str, str]:
        for period in self.all(node, "dct:temporal"):
            start = self.one(period, "dcat:startDate") or self.one(period, "schema:startDate")
            end = self.one(period, "dcat:endDate") or self.one(period, "schema:endDate")
            if start or end:
                return start[:10], end[:10]
        return "", ""

    def geometry(self, node: Any) -> dict[str, Any] | None:
        """The first that can be read: GeoJSON before WKT, outlines before boxes."""
        said = [
            value for place in self.all(node, "dct:spatial")
            for name in ("locn:geometry", "dcat:geometry", "dcat:bbox")
            for value in self.all(place, name) if self.is_literal(value)
        ]  # fmt: skip
        said.sort(key=lambda value: "json" not in str(value.datatype))
        return next((found for value in said if (found := shape_of(str(value)))), None)

    def facts(self, node: Any, names: tuple[str, ...]) -> list[Fact]:
        found = []
        for name in names:
            for value in self.all(node, name):
                if self.is_plain(value) and (fact := self.fact(name, value)):
                    found.append(fact)
        return [list(one) for one in dict.fromkeys(map(tuple, found))]

    def fact(self, name: str, value: Any) -> Fact | None:
        """In the words of version 3.0; None where it says nothing there."""
        said = words.german(str(value).strip())
        if name in ("dcatap:availability", "dcatde:plannedAvailability"):
            term = words.availability(said)
            return ["dcatap:availability", term] if term else None
        if name == "dcat:byteSize":
            size = said.partition(".")[0]
            return [name, size, "", "xsd:nonNegativeInteger"] if size.isdecimal() else None
        if name in _IRI_LISTS:
            said = said.replace("/language/GER", "/language/DEU")
            fits = said.startswith(f"{words.AUTHORITY}/{_IRI_LISTS[name]}/")
            return [name, said] if fits else None
        if self.is_iri(value):
            return [name, said]
        if name in ("dct:issued", "dct:modified"):
            return [name, said, "", "xsd:dateTime" if "T" in said else "xsd:date"]
        if name in ("dcatde:licenseAttributionByText", "dcat:version"):
            return [name, said, value.language or "", ""]
        if name in ("dcat:temporalResolution", "dcat:spatialResolutionInMeters"):
            return [name, said, "", short(str(value.datatype)) or ""]
        return None

    def original(self, node: Any) -> str:
        """The dataset's part of the document, in Turtle."""
        from rdflib import Graph

        found = Graph()
        for prefix, start in {**PREFIXES, **_MORE}.items():
            found.bind(prefix, start)
        waiting, seen = [node], set()
        while waiting:
            one = waiting.pop()
            if one in seen:
                continue
            seen.add(one)
            for triple in self.graph.triples((one, None, None)):
                found.add(triple)
                if self.belongs(triple[1], triple[2]):
                    waiting.append(triple[2])
        return str(found.serialize(format="turtle"))[:LONGEST_ORIGINAL]

    def belongs(self, predicate: Any, value: Any) -> bool:
        """Whether what is pointed at is a part of the dataset's record."""
        near = [_term(name) for name in ("dcat:distribution", "dct:publisher", "dcat:contactPoint",
                                         "dct:spatial", "dct:temporal")]  # fmt: skip
        return not self.is_plain(value) or predicate in near

    def is_iri(self, one: "Node") -> bool:
        from rdflib import URIRef

        return isinstance(one, URIRef)

    def is_literal(self, one: "Node") -> bool:
        from rdflib import Literal

        return isinstance(one, Literal)

    def is_plain(self, one: "Node") -> bool:
        return self.is_iri(one) or self.is_literal(one)


def address_of(said: str) -> str:
    """A mail address without `mailto:`, or what is left of one that was taken for a path."""
    return said.removeprefix("mailto:").rpartition("/")[2][:254] if "@" in said else ""


def shape_of(said: str) -> dict[str, Any] | None:
    """GeoJSON or WKT as GeoJSON, its box where it is long; None where it cannot be read."""
    from shapely import from_geojson, from_wkt, get_coordinates, to_geojson  # noqa: PLC0415
    from shapely.geometry import box  # noqa: PLC0415

    bare = said.partition(">")[2].strip() if said.startswith("<") else said
    try:
        found = from_geojson(bare) if bare.lstrip().startswith("{") else from_wkt(bare)
    except Exception:  # noqa: BLE001  what cannot be read is left out
        return None
    if found.is_empty or not _on_earth(get_coordinates(found)):
        return None
    written = to_geojson(found)
    if len(written) > LONGEST_GEOMETRY:
        written = to_geojson(box(*found.bounds))
    shape: dict[str, Any] = json.loads(written)
    return shape


def _on_earth(coordinates: Any) -> bool:
    """Whether these are degrees; many records have metres of some projection without saying so."""
    return bool((abs(coordinates[:, 0]) <= 180).all() and (abs(coordinates[:, 1]) <= 90).all())
