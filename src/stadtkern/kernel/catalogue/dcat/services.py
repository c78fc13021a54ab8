"""The city's APIs as data services, with the datasets that each of them serves."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from stadtkern.kernel import registry
from stadtkern.kernel.catalogue import vocabulary
from stadtkern.kernel.catalogue.dcat import address, parties
from stadtkern.kernel.catalogue.dcat.nodes import Node
from stadtkern.kernel.catalogue.models import Dataset


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """One API. `path` begins the addresses of its distributions, `described` describes it."""

    slug: str
    path: str
    described: str
    title: str
    title_en: str
    about: str
    about_en: str
    standard: str = ""


SERVICES: Final = (
    Service(
        slug="sensorthings",
        path=address.SENSORTHINGS,
        described=f"{address.SENSORTHINGS}/api",
        title="Messwerte (OGC SensorThings API)",
        title_en="Observations (OGC SensorThings API)",
        about="Sensoren, ihre Standorte und Messwerte, aktuell und im Verlauf.",
        about_en="Sensors, where they stand and what they measure, now and over time.",
        standard="http://www.opengis.net/spec/iot_sensing/1.1",
    ),
    Service(
        slug="features",
        path=address.FEATURES,
        described=f"{address.FEATURES}/api",
        title="Geodaten (OGC API Features)",
        title_en="Spatial data (OGC API Features)",
        about="Datensätze mit Raumbezug, gefiltert und seitenweise, als GeoJSON.",
        about_en="Spatial datasets as GeoJSON, filtered and by page.",
        standard="http://www.opengis.net/spec/ogcapi-features-1/1.0",
    ),
    Service(
        slug="tables",
        path=address.TABLES,
        described=f"{address.TABLES}/openapi.json",
        title="Tabellen (Abfrage)",
        title_en="Tables (queries)",
        about="Zeilen der Tabellen: gefiltert, sortiert, zusammengefasst, seitenweise.",
        about_en="Rows of tables: filtered, sorted, aggregated, by page.",
    ),
    Service(
        slug="tiles",
        path=address.TILES,
        described=f"{address.FEATURES}/api",
        title="Geodaten als Vektorkacheln",
        title_en="Spatial data as vector tiles",
        about="Datensätze mit Raumbezug als Kacheln für Karten.",
        about_en="Spatial datasets as tiles for maps.",
        standard="http://www.opengis.net/spec/ogcapi-tiles-1/1.0",
    ),
    Service(
        slug="ckan",
        path=address.CKAN,
        described=f"{address.CKAN}/action/status_show",
        title="Katalog und Tabellen (CKAN Action API)",
        title_en="Catalogue and tables (CKAN Action API)",
        about="Suche nach Datensätzen und Abfrage der Tabellen wie bei CKAN.",
        about_en="Search for datasets and query tables as with CKAN.",
    ),
)


def iri_of(url: str, site: str) -> str:
    """The IRI of the service whose address this is; empty where it is none of ours."""
    return next(
        (_iri(one, site) for one in SERVICES if url.removeprefix(site).startswith(one.path)), ""
    )


def _iri(service: Service, site: str) -> str:
    return f"{address.catalogue_iri(site)}#{service.slug}"


def nodes(served: Iterable[tuple[Dataset, Iterable[Node]]], site: str) -> Iterator[Node]:
    """The services that these datasets are served by, with those alone: `served` has their nodes.

    Several pages of a catalogue say of one service each a part; together they say it all.
    """
    by_service: dict[str, list[tuple[Dataset, str]]] = {}
    for dataset, about in served:
        iri = address.dataset_iri(site, dataset.slug)
        for name in dict.fromkeys(_services_of(about, site)):
            by_service.setdefault(name, []).append((dataset, iri))
    if by_service:
        yield parties.city(site)
    for one in SERVICES:
        if found := by_service.get(_iri(one, site)):
            yield from _service(one, found, site)


def _services_of(about: Iterable[Node], site: str) -> Iterator[str]:
    """Those that a distribution names, and CKAN's API, which serves all tables besides."""
    tables, ckan = (f"{address.catalogue_iri(site)}#{slug}" for slug in ("tables", "ckan"))
    for node in about:
        for name, value in node.facts:
            if name == "dcat:accessService":
                yield value.value
                if value.value == tables:
                    yield ckan


def _service(one: Service, served: list[tuple[Dataset, str]], site: str) -> Iterator[Node]:
    node = Node(iri=_iri(one, site), types=("dcat:DataService",))
    for language, title, about in (
        ("de", one.title, one.about), ("en", one.title_en, one.about_en)
    ):  # fmt: skip
        node.say("dct:title", title, language=language)
        node.say("dct:description", about, language=language)
    node.link("dcat:endpointURL", site + one.path)
    node.link("dcat:endpointDescription", site + one.described)
    node.link("foaf:page", f"{site}/api/")
    node.link("dct:conformsTo", one.standard)
    node.link("dct:publisher", parties.city(site).iri)
    node.link("dcatap:availability", vocabulary.STABLE)
    node.link("dct:accessRights", vocabulary.ACCESS_PUBLIC)
    _licence(node, {dataset.licence for dataset, _ in served}, site)
    for category in sorted({dataset.hvd for dataset, _ in served if dataset.hvd}):
        node.link("dcatap:hvdCategory", f"http://data.europa.eu/bna/{category}")
        node.link("dcatap:applicableLegislation", vocabulary.HVD_LAW)
    for _, iri in served:
        node.link("dcat:servesDataset", iri)
    yield from _asked(node)


def _licence(node: Node, licences: set[str], site: str) -> None:
    """The licence that all it serves has; the page that tells them apart where they differ."""
    known = vocabulary.LICENCES.get(next(iter(licences))) if len(licences) == 1 else None
    if known:
        node.link("dct:license", known.iri)
    else:
        node.link("dct:rights", address.disclaimer(site))


def _asked(node: Node) -> Iterator[Node]:
    city = registry.city().city
    who = parties.contact(
        iri=f"{node.iri}-contact", name=f"Stadt {city.name}", email=city.contact,
        url=city.imprint_url or node.iri,
    )  # fmt: skip
    if who:
        node.link("dcat:contactPoint", who.iri)
        yield who
    yield node
