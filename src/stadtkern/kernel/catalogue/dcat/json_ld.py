"""Nodes as JSON-LD 1.1, flattened."""

import json
from collections.abc import Iterable
from typing import Any

from stadtkern.kernel.catalogue.dcat.nodes import PREFIXES, Iri, Node, Value


def part(nodes: Iterable[Node]) -> str:
    """These nodes as objects with commas between them."""
    return ",\n".join(
        json.dumps(_node(node), ensure_ascii=False)
        for node in nodes if node.types or node.facts
    )  # fmt: skip


def document(parts: Iterable[str]) -> str:
    """A whole document."""
    graph = ",\n".join(one for one in parts if one)
    return f'{{"@context": {json.dumps(PREFIXES)},\n"@graph": [\n{graph}\n]}}\n'


def _node(node: Node) -> dict[str, Any]:
    said: dict[str, Any] = {"@id": Iri(node.iri).value}
    if node.types:
        said["@type"] = list(node.types)
    for name, value in node.facts:
        said.setdefault(name, []).append(_value(value))
    return said


def _value(value: Value) -> dict[str, str]:
    if isinstance(value, Iri):
        return {"@id": value.value}
    if value.language:
        return {"@value": value.value, "@language": value.language}
    return {"@value": value.value, "@type": value.kind} if value.kind else {"@value": value.value}
