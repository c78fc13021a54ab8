"""A dataset in the words of schema.org, as dataset search engines read it from its page."""

from typing import Any, Final

from stadtkern.kernel import registry
from stadtkern.kernel.catalogue import vocabulary
from stadtkern.kernel.catalogue.dcat import address, record
from stadtkern.kernel.catalogue.dcat.nodes import Iri, Node
from stadtkern.kernel.catalogue.models import Dataset

# Search engines want between 50 and 5,000 characters of description.
LONGEST: Final = 5000


def json_ld(dataset: Dataset, base: str = "") -> dict[str, Any]:
    """A schema.org Dataset in the reader's language; `base` begins its absolute addresses.

    No query where `catalogue.fetched` fetched the dataset.
    """
    site = base or address.base()
    about = record.nodes(dataset, site)
    licence = vocabulary.LICENCES.get(dataset.licence)
    page = address.page_of(site, dataset.slug)
    said: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": address.dataset_iri(site, dataset.slug),
        "name": dataset.name,
        "description": dataset.description[:LONGEST],
        "url": page,
        "sameAs": dataset.landing_page,
        "identifier": address.dataset_iri(site, dataset.slug),
        "keywords": dataset.tags,
        "license": licence.url if licence else "",
        "isAccessibleForFree": True,
        "datePublished": dataset.issued.isoformat(),
        "dateModified": dataset.modified.isoformat(),
        "creator": _organisation(dataset),
        "publisher": _organisation(dataset),
        "creditText": dataset.credit,
        "spatialCoverage": _place(about),
        "temporalCoverage": _period(dataset),
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "name": registry.city().title,
            "url": address.portal(site),
        },
        "distribution": [_download(one) for one in about if "dcat:Distribution" in one.types],
    }
    return {name: value for name, value in said.items() if value not in ("", [], None)}


def _organisation(dataset: Dataset) -> dict[str, str]:
    who = {"@type": "Organization", "name": dataset.publisher.name}
    return {**who, "url": dataset.publisher.url} if dataset.publisher.url else who


def _period(dataset: Dataset) -> str:
    """`2019-01-01/2026-08-21`, open ends as `..` (ISO 8601-2)."""
    start, end = dataset.period_start, dataset.period_end
    if not (start or end):
        return ""
    return f"{start.isoformat() if start else '..'}/{end.isoformat() if end else '..'}"


def _place(about: list[Node]) -> dict[str, Any] | None:
    """South, west, north, east, as schema.org's GeoShape has a box."""
    box = next((value for one in about if "dct:Location" in one.types
                for name, value in one.facts if name == "dcat:bbox"), None)  # fmt: skip
    if box is None:
        return None
    corners = box.value.removeprefix("POLYGON((").removesuffix("))").split(",")
    (west, south), (east, north) = corners[0].split(" "), corners[2].split(" ")
    return {
        "@type": "Place",
        "geo": {"@type": "GeoShape", "box": f"{south} {west} {north} {east}"},
    }


def _download(node: Node) -> dict[str, str]:
    facts = {name: value.value for name, value in reversed(node.facts)}
    media = facts.get("dcat:mediaType", "").partition("media-types/")[2]
    said = {
        "@type": "DataDownload",
        "name": facts.get("dct:title", ""),
        "encodingFormat": media,
        "contentUrl": facts.get("dcat:downloadURL") or facts.get("dcat:accessURL", ""),
        "contentSize": f"{facts['dcat:byteSize']} B" if "dcat:byteSize" in facts else "",
        "license": _licence_page(node),
    }
    return {name: value for name, value in said.items() if value}


def _licence_page(node: Node) -> str:
    iri = next((v.value for n, v in node.facts if n == "dct:license" and isinstance(v, Iri)), "")
    known = vocabulary.LICENCES.get(iri.removeprefix("http://dcat-ap.de/def/licenses/"))
    return known.url if known else iri
