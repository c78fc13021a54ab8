"""The catalogue itself: what it is called, a page of its datasets, and how to get to the others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Prefetch, Q, QuerySet

from stadtkern.kernel import registry
from stadtkern.kernel.catalogue import vocabulary
from stadtkern.kernel.catalogue.dcat import address, parties, record, services
from stadtkern.kernel.catalogue.dcat.facts import stamp
from stadtkern.kernel.catalogue.dcat.nodes import Node
from stadtkern.kernel.catalogue.models import Dataset, Version

PER_PAGE = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One page of the catalogue; `address` is that of this format's pages, without `page`."""

    number: int
    pages: int
    total: int
    address: str
    modified: datetime | None

    def at(self, number: int) -> str:
        """The address of another page; the first has none in its name."""
        return self.address if number == 1 else f"{self.address}?page={number}"


def state() -> tuple[int, str, datetime | None]:
    """How many datasets are published, what changes with all of them, and when one last did."""
    public = Q(state=Dataset.PUBLISHED)
    found = Dataset.objects.exclude(state=Dataset.DRAFT).aggregate(
        total=Count("pk", filter=public), last=Max("modified"), read=Max("harvested__harvested")
    )
    return found["total"], f"{found['total']}|{found['last']}|{found['read']}", found["last"]


def fetched(datasets: QuerySet[Dataset]) -> QuerySet[Dataset]:
    """With all that a record needs, in a handful of queries for any number."""
    versions = Version.objects.filter(current=True).select_related("file").defer("file__content")
    return datasets.select_related("publisher", "entry", "harvested__source").prefetch_related(
        "resources", Prefetch("resources__versions", queryset=versions)
    )


def on_page(page: Page) -> list[Dataset]:
    """The datasets of a page, in an order that changes only at its end."""
    start = (page.number - 1) * PER_PAGE
    return list(fetched(Dataset.objects.published()).order_by("id")[start : start + PER_PAGE])


def nodes(page: Page, datasets: Sequence[Dataset], site: str) -> Iterator[Node]:
    """The catalogue with these datasets, their services and the paging (Hydra Core)."""
    told = [(dataset, record.nodes(dataset, site)) for dataset in datasets]
    offered = list(services.nodes(told, site))
    node = about(site, page.modified)
    seen: set[str] = set()
    for dataset in datasets:
        node.link("dcat:dataset", address.dataset_iri(site, dataset.slug))
    for one in offered:
        if "dcat:DataService" in one.types:
            node.link("dcat:service", one.iri)
    everything = [
        *_paging(page), node, parties.city(site),
        *(one for _, described in told for one in described), *offered,
    ]  # fmt: skip
    for one in everything:
        if one.iri not in seen:
            seen.add(one.iri)
            yield one


def about(site: str, modified: datetime | None) -> Node:
    """What the catalogue is called, and who publishes it."""
    city = registry.city()
    node = Node(iri=address.catalogue_iri(site), types=("dcat:Catalog",))
    node.say("dct:title", f"Offene Daten der Stadt {city.city.name}", language="de")
    node.say("dct:title", f"Open data of {city.city.name}", language="en")
    node.say(
        "dct:description", language="de",
        text=f"Alle Datensätze, die die Stadt {city.city.name} veröffentlicht.",
    )  # fmt: skip
    node.say(
        "dct:description", language="en", text=f"All datasets that {city.city.name} publishes."
    )
    node.link("dct:publisher", parties.city(site).iri)
    node.link("foaf:homepage", address.portal(site))
    for language in vocabulary.LANGUAGES.values():
        node.link("dct:language", language)
    node.link("dcat:themeTaxonomy", f"{vocabulary.AUTHORITY}/data-theme")
    if modified:
        node.add("dct:modified", stamp(modified))
    return node


def _paging(page: Page) -> Iterator[Node]:
    """Both the present names and those that older harvesters look for."""
    node = Node(
        iri=page.at(page.number), types=("hydra:PartialCollectionView", "hydra:PagedCollection")
    )
    node.say("hydra:totalItems", page.total, kind="xsd:integer")
    node.say("hydra:itemsPerPage", PER_PAGE, kind="xsd:integer")
    for name, number in (
        ("first", 1), ("previous", page.number - 1), ("next", page.number + 1), ("last", page.pages)
    ):  # fmt: skip
        if 1 <= number <= page.pages:
            node.link(f"hydra:{name}", page.at(number))
            node.link(f"hydra:{name}Page", page.at(number))
    yield node
