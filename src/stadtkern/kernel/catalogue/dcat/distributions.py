"""The doors to a dataset as distributions: files, APIs, and addresses elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import override

from stadtkern.kernel import registry
from stadtkern.kernel.catalogue import vocabulary
from stadtkern.kernel.catalogue.dcat import address, services
from stadtkern.kernel.catalogue.dcat.facts import carry, stamp
from stadtkern.kernel.catalogue.dcat.nodes import Node
from stadtkern.kernel.catalogue.dcat.terms import ALGORITHM
from stadtkern.kernel.catalogue.doors import links
from stadtkern.kernel.catalogue.file_types import MEDIA_TYPES, FileType, file_type
from stadtkern.kernel.catalogue.models import Dataset, Resource, StoredFile, Version

_names: dict[str, str] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class _About:
    """A dataset, its IRI, what begins our addresses, and the page about rights."""

    dataset: Dataset
    iri: str
    site: str
    rights: str


def nodes(dataset: Dataset, site: str, iri: str) -> Iterator[Node]:
    """A node for each distribution, and for the checksum of each file that came from outside.

    German must be the language meanwhile.
    """
    about = _About(dataset=dataset, iri=iri, site=site, rights=address.disclaimer(site))
    for resource in dataset.resources.all():
        if resource.kind == Resource.LINK:
            yield _elsewhere(about, resource)
        else:
            yield from _doors(about, resource)
    if dataset.things:
        yield _measured(about)


def current(resource: Resource) -> Version | None:
    """The version that everybody reads."""
    return next((one for one in resource.versions.all() if one.current), None)


def _doors(about: _About, resource: Resource) -> Iterator[Node]:
    version = current(resource)
    if version is None:
        return
    taken: set[str] = set()
    for link in links.distributions(resource):
        name = _name(resource, link, taken)
        node = _distribution(about, resource, name, link.format, link.media_type)
        _title(node, resource, link.title)
        url = address.absolute(about.site, link.url)
        node.link("dcat:accessURL", url)
        if link.is_api:
            node.link("dcat:accessService", services.iri_of(link.url, about.site))
        else:
            node.link("dcat:downloadURL", url)
        node.add("dct:modified", stamp(version.created))
        if version.file and (resource.kind == Resource.FILE or link.url.endswith("/original")):
            yield _as_it_came(node, version.file)
        yield node


def _name(resource: Resource, link: links.Link, taken: set[str]) -> str:
    """Of a distribution, unlike those that are `taken`."""
    kind = "api-" if link.is_api else ""
    first = f"{resource.slug}-{kind}{_slug(link.format)}"
    names = (first, *(f"{first}-{n}" for n in range(2, 99)))
    name = next(one for one in names if one not in taken)
    taken.add(name)
    return name


def _slug(format_: str) -> str:
    return (
        format_.lower() if format_.isalnum() and format_.isascii() else slugify(format_) or "file"
    )


def _as_it_came(node: Node, file: StoredFile) -> Node:
    """Size and checksum of a file."""
    node.say("dcat:byteSize", file.size, kind="xsd:nonNegativeInteger")
    checksum = Node(iri=f"{node.iri}-checksum", types=("spdx:Checksum",))
    checksum.link("spdx:algorithm", ALGORITHM)
    checksum.say("spdx:checksumValue", file.sha256, kind="xsd:hexBinary")
    node.link("spdx:checksum", checksum.iri)
    return checksum


def _elsewhere(about: _About, resource: Resource) -> Node:
    node = _distribution(about, resource, resource.slug, resource.format, resource.media_type)
    _title(node, resource)
    said = carry(node, about.dataset, resource.slug)
    if "dcat:accessURL" not in said:
        node.link("dcat:accessURL", resource.url)
    if "dct:license" not in said:
        _licence(node, about.dataset, resource.licence or about.dataset.licence)
    return node


def _distribution(
    about: _About, resource: Resource, name: str, format_: str, media_type: str
) -> Node:
    """What all distributions say: format, licence, and the law it is published by."""
    node = Node(iri=f"{about.iri}#{name}", types=("dcat:Distribution",))
    node.say("dct:description", resource.about, language="de")
    kind = file_type(format_, media_type)
    _format(node, kind, media_type)
    if resource.kind != Resource.LINK:
        _licence(node, about.dataset, resource.licence or about.dataset.licence)
    _terms(node, about, kind)
    return node


def _title(node: Node, resource: Resource, door: str | Promise = "") -> None:
    """The resource's, with that of its door."""
    german = str(door)
    node.say("dct:title", f"{resource.title}: {german}" if door else resource.title, language="de")
    if resource.title_en:
        english = f": {_english(german, door)}" if door else ""
        node.say("dct:title", resource.title_en + english, language="en")


def _english(german: str, door: str | Promise) -> str:
    """The name of a door; changing the language for each of thousands takes its time."""
    if german not in _names:
        with override("en"):
            _names[german] = str(door)
    return _names[german]


def _format(node: Node, kind: FileType | None, media_type: str) -> None:
    if kind and kind.eu:
        node.link("dct:format", f"{vocabulary.AUTHORITY}/file-type/{kind.eu}")
    media = media_type.partition(";")[0].strip() or (kind.media if kind else "")
    if media.count("/") == 1:
        node.link("dcat:mediaType", MEDIA_TYPES + quote(media, safe="/+.-"))


def _licence(node: Node, dataset: Dataset, key: str) -> None:
    known = vocabulary.LICENCES.get(key)
    if known:
        node.link("dct:license", known.iri)
        if known.credit:
            node.say("dcatde:licenseAttributionByText", dataset.credit, language="de")


def _terms(node: Node, about: _About, kind: FileType | None) -> None:
    """What we say of our own data alone."""
    if about.dataset.origin == Dataset.HARVESTED:
        return
    node.link("dct:rights", about.rights)
    node.link("dcatap:availability", vocabulary.STABLE)
    if about.dataset.hvd and kind and kind.open and kind.machine:
        node.link("dcatap:applicableLegislation", vocabulary.HVD_LAW)


def _measured(about: _About) -> Node:
    """The observations behind it: SensorThings, its datastreams by what they observe."""
    dataset = about.dataset
    node = Node(iri=f"{about.iri}#sensorthings", types=("dcat:Distribution",))
    node.say("dct:title", f"{dataset.title} (SensorThings)", language="de")
    node.say("dct:title", dataset.title_en and f"{dataset.title_en} (SensorThings)", language="en")
    _format(node, file_type("REST"), "application/json")
    _licence(node, dataset, dataset.licence)
    _terms(node, about, file_type("REST"))
    node.link("dcat:accessURL", f"{about.site}{address.SENSORTHINGS}/Datastreams{_asked(dataset)}")
    node.link("dcat:accessService", services.iri_of(address.SENSORTHINGS, about.site))
    return node


def _asked(dataset: Dataset) -> str:
    """A filter for the datastreams of its kinds of things; empty where these observe nothing."""
    kinds = registry.thing_kinds()
    found = {
        one.definition for name in dataset.things if name in kinds
        for one in kinds[name].observes if one.definition
    }  # fmt: skip
    said = " or ".join(f"ObservedProperty/definition eq '{one}'" for one in sorted(found))
    return f"?{urlencode({'$filter': said}, quote_via=quote)}" if said else ""
