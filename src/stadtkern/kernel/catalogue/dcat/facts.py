"""What several parts of a record have in common: instants, and what harvested records say."""

from datetime import UTC, datetime

from stadtkern.kernel.catalogue.dcat.nodes import Iri, Literal, Node
from stadtkern.kernel.catalogue.models import Dataset, Harvested


def origin(dataset: Dataset) -> Harvested | None:
    """Where it was harvested, if it was."""
    return getattr(dataset, "harvested", None) if dataset.origin == Dataset.HARVESTED else None


def stamp(at: datetime) -> Literal:
    """An instant to the second in UTC."""
    return Literal(at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), kind="xsd:dateTime")


def carry(node: Node, dataset: Dataset, part: str = "") -> set[str]:
    """Tell on what a harvested record said of the dataset, or of this resource; which names."""
    known = origin(dataset)
    said = known.facts.get(part, []) if known else []
    for name, *value in said:
        node.add(name, Iri(value[0]) if len(value) == 1 else Literal(*value))
    return {name for name, *_ in said}
