"""Nodes as RDF 1.1 XML."""

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from stadtkern.kernel.catalogue.dcat.nodes import PREFIXES, Iri, Node, Value, full


def part(nodes: Iterable[Node]) -> str:
    """These nodes as elements."""
    return "".join(_node(node) for node in nodes if node.types or node.facts)


def document(parts: Iterable[str]) -> str:
    """A whole document."""
    spaces = " ".join(f'xmlns:{prefix}="{start}"' for prefix, start in PREFIXES.items())
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF {spaces}>\n'
    return "".join([head, *parts, "</rdf:RDF>\n"])


def _node(node: Node) -> str:
    first, *others = node.types or ("rdf:Description",)
    lines = [f"<{first} rdf:about={quoteattr(Iri(node.iri).value)}>"]
    lines += [f"  <rdf:type rdf:resource={quoteattr(full(name))}/>" for name in others]
    lines += [f"  {_fact(name, value)}" for name, value in node.facts]
    return "\n".join([*lines, f"</{first}>\n"])


def _fact(name: str, value: Value) -> str:
    if isinstance(value, Iri):
        return f"<{name} rdf:resource={quoteattr(value.value)}/>"
    more = f" xml:lang={quoteattr(value.language)}" if value.language else ""
    if value.kind:
        more = f" rdf:datatype={quoteattr(full(value.kind))}"
    return f"<{name}{more}>{escape(value.value)}</{name}>"
