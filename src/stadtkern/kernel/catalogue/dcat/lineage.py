"""Tables that a recipe made from others, in PROV and as a statement of provenance."""

from collections.abc import Sequence

from stadtkern.kernel.catalogue.dcat import address, distributions
from stadtkern.kernel.catalogue.dcat.nodes import Node
from stadtkern.kernel.catalogue.models import Dataset


def nodes(dataset_node: Node, parts: Sequence[Node], dataset: Dataset, site: str) -> list[Node]:
    """A dct:ProvenanceStatement for each such table; its distributions name what they come from."""
    found = []
    known = {one.iri for one in parts}
    for resource in dataset.resources.all():
        version = distributions.current(resource)
        if version is None or not version.lineage:
            continue
        told = version.lineage
        statement = Node(
            iri=f"{dataset_node.iri}#provenance-{resource.slug}", types=("dct:ProvenanceStatement",)
        )
        statement.say("rdfs:label", told.get("said"), language="de")
        statement.say("rdfs:label", told.get("said_en"), language="en")
        for name in ("page", "document"):
            if told.get(name):
                statement.link("rdfs:seeAlso", address.absolute(site, told[name]))
        dataset_node.link("dct:provenance", statement.iri)
        for slug in told.get("related", ()):
            dataset_node.link("dct:relation", address.dataset_iri(site, slug))
        _derive(dataset_node.iri, parts, known, resource.slug, told.get("resource", ""))
        found.append(statement)
    return found


def _derive(iri: str, parts: Sequence[Node], known: set[str], slug: str, source: str) -> None:
    """Each distribution of the new table comes from the one of the same format."""
    start = f"{iri}#{slug}-"
    for part in parts:
        origin = f"{iri}#{source}-{part.iri.removeprefix(start)}"
        if source and part.iri.startswith(start) and origin in known:
            part.link("prov:wasDerivedFrom", origin)
