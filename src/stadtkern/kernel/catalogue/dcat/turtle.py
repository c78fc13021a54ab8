"""Nodes as RDF 1.1 Turtle."""

from collections.abc import Iterable

from stadtkern.kernel.catalogue.dcat.nodes import PREFIXES, Iri, Node, Value

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"})


def part(nodes: Iterable[Node]) -> str:
    """These nodes, without prefixes."""
    return "".join(map(_node, nodes))


def document(parts: Iterable[str]) -> str:
    """A whole document."""
    head = "".join(f"@prefix {prefix}: <{start}> .\n" for prefix, start in PREFIXES.items())
    return "\n".join([head, *parts])


def _node(node: Node) -> str:
    lines = [f"a {', '.join(node.types)}"] if node.types else []
    lines += [f"{name} {_value(value)}" for name, value in node.facts]
    said = " ;\n    ".join(lines)
    return f"<{Iri(node.iri).value}> {said} .\n" if lines else ""


def _value(value: Value) -> str:
    if isinstance(value, Iri):
        return f"<{value.value}>"
    text = f'"{value.value.translate(_ESCAPES)}"'
    if value.language:
        return f"{text}@{value.language}"
    return f"{text}^^{value.kind}" if value.kind else text
