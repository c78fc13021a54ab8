"""A dataset as DCAT-AP.de 3.0 with the annex for high-value datasets describes it."""

from typing import Final

from django.utils.translation import override

from stadtkern.kernel import registry
from stadtkern.kernel.catalogue import vocabulary
from stadtkern.kernel.catalogue.dcat import address, distributions, lineage, services
from stadtkern.kernel.catalogue.dcat.facts import carry, origin, stamp
from stadtkern.kernel.catalogue.dcat.nodes import Node
from stadtkern.kernel.catalogue.dcat.parties import contact_point, publisher
from stadtkern.kernel.catalogue.models import Dataset

INVENTED: Final = {
    "de": "Beispieldaten: Die Werte sind erfunden.",
    "en": "Sample data: the values are made up.",
}


def nodes(dataset: Dataset, site: str) -> list[Node]:
    """The dataset, its distributions and what they point to. `site` as `address.base` gives it.

    No query where `catalogue.fetched` fetched the dataset.
    """
    iri = address.dataset_iri(site, dataset.slug)
    node = Node(iri=iri, types=("dcat:Dataset",))
    _words(node, dataset)
    _terms(node, dataset, site)
    about = [node, *_around(node, dataset, site)]
    with override("de"):
        parts = list(distributions.nodes(dataset, site, iri))
    for one in parts:
        if "dcat:Distribution" in one.types:
            node.link("dcat:distribution", one.iri)
        about.append(one)
    return [*about, *_origin(node, dataset), *lineage.nodes(node, parts, dataset, site)]


def document(dataset: Dataset, site: str) -> list[Node]:
    """A dataset with the services that it is served by: all that one document should say."""
    about = nodes(dataset, site)
    return [*about, *services.nodes([(dataset, about)], site)]


def _words(node: Node, dataset: Dataset) -> None:
    node.say("dct:title", dataset.title, language="de")
    node.say("dct:title", dataset.title_en, language="en")
    for language, text in (("de", dataset.about), ("en", dataset.about_en)):
        said = f"{text}\n\n{INVENTED[language]}" if dataset.invented and text else text
        node.say("dct:description", said, language=language)
    for language, words in (("de", dataset.keywords), ("en", dataset.keywords_en)):
        for word in words:
            node.say("dcat:keyword", word, language=language)
    known = origin(dataset)
    node.say("dct:identifier", (known and known.identifier) or node.iri)
    _version(node, dataset)
    node.add("dct:issued", stamp(dataset.issued))
    node.add("dct:modified", stamp(dataset.modified))


def _version(node: Node, dataset: Dataset) -> None:
    """The number of the one table or file that people publish new versions of."""
    resources = list(dataset.resources.all())
    if dataset.origin != Dataset.UPLOADED or len(resources) != 1:
        return
    if version := distributions.current(resources[0]):
        node.say("dcat:version", version.number)
        node.say("adms:versionNotes", version.note, language="de")


def _terms(node: Node, dataset: Dataset, site: str) -> None:
    for theme in dataset.themes:
        node.link("dcat:theme", f"{vocabulary.AUTHORITY}/data-theme/{theme}")
    if dataset.rhythm:
        node.link("dct:accrualPeriodicity", f"{vocabulary.AUTHORITY}/frequency/{dataset.rhythm}")
    if dataset.hvd:
        node.link("dcatap:hvdCategory", f"http://data.europa.eu/bna/{dataset.hvd}")
        node.link("dcatap:applicableLegislation", vocabulary.HVD_LAW)
    said = carry(node, dataset)
    if "dcatap:availability" not in said:
        node.link("dcatap:availability", vocabulary.STABLE)
    if "dct:accessRights" not in said:
        node.link("dct:accessRights", vocabulary.ACCESS_PUBLIC)
    if dataset.origin != Dataset.HARVESTED:
        node.link("dct:language", vocabulary.LANGUAGES["de"])
        node.link("dcatde:contributorID", registry.city().catalogue.contributor)
        node.link("dcatde:politicalGeocodingLevelURI", vocabulary.MUNICIPALITY)
    own = dataset.origin == Dataset.HARVESTED and dataset.landing_page
    node.link("dcat:landingPage", own or address.page_of(site, dataset.slug))


def _around(node: Node, dataset: Dataset, site: str) -> list[Node]:
    """Publisher, contact, place and period."""
    who, contact = publisher(dataset.publisher, site), contact_point(dataset, node.iri)
    node.link("dct:publisher", who.iri)
    found = [who]
    if contact:
        node.link("dcat:contactPoint", contact.iri)
        found.append(contact)
    if place := _place(dataset, f"{node.iri}#place"):
        node.link("dct:spatial", place.iri)
        found.append(place)
    if period := _period(dataset, f"{node.iri}#period"):
        node.link("dct:temporal", period.iri)
        found.append(period)
    return found


def _place(dataset: Dataset, iri: str) -> Node | None:
    """A box: its own, else that of its rows, else the city's for what is the city's."""
    own = (dataset.west, dataset.south, dataset.east, dataset.north)
    entry = getattr(dataset, "entry", None)
    rows = (entry.west, entry.south, entry.east, entry.north) if entry else (None,) * 4
    city = registry.city().city.bounds if dataset.origin != Dataset.HARVESTED else (None,) * 4
    box = next((one for one in (own, rows, city) if None not in one), None)
    if box is None:
        return None
    west, south, east, north = (round(float(number or 0), 6) for number in box)
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    shown = ",".join(f"{lon} {lat}" for lon, lat in corners)
    node = Node(iri=iri, types=("dct:Location",))
    node.say("dcat:bbox", f"POLYGON(({shown}))", kind="geo:wktLiteral")
    return node


def _period(dataset: Dataset, iri: str) -> Node | None:
    if not (dataset.period_start or dataset.period_end):
        return None
    node = Node(iri=iri, types=("dct:PeriodOfTime",))
    node.say("dcat:startDate", dataset.period_start, kind="xsd:date")
    node.say("dcat:endDate", dataset.period_end, kind="xsd:date")
    return node


def _origin(node: Node, dataset: Dataset) -> list[Node]:
    """Where a harvested dataset comes from: its name there, the source, when it was read."""
    known = origin(dataset)
    if known is None:
        return []
    name = Node(iri=f"{node.iri}#name-at-source", types=("adms:Identifier",))
    name.say("skos:notation", known.iri)
    node.link("adms:identifier", name.iri)
    if known.iri.startswith(("http://", "https://")):
        node.link("prov:wasDerivedFrom", known.iri)
    told = Node(iri=f"{node.iri}#provenance", types=("dct:ProvenanceStatement",))
    day = known.harvested.date().isoformat()
    told.say("rdfs:label", f"Übernommen aus: {known.source.name}, {day}", language="de")
    told.say("rdfs:label", f"Harvested from: {known.source.name}, {day}", language="en")
    node.link("dct:provenance", told.iri)
    return [name, told]
