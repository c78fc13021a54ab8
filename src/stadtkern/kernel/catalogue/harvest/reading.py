"""Reads one RDF document of a catalogue; a process of its own, without Django and without network.

Standard input is `{"body": base64, "kind": media type, "base": address}`, standard output a
`found.Leaf`, or `{"refused": why}`. What others send may be made to harm: entities in XML are
refused, a JSON-LD context elsewhere is not fetched, memory and time have a limit.
"""

import base64
import io
import json
import resource
import socket
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final
from xml.sax.handler import ContentHandler

import msgspec

from stadtkern.kernel.catalogue.harvest.found import Leaf
from stadtkern.kernel.catalogue.harvest.graph import leaf

if TYPE_CHECKING:
    from rdflib import Graph

MEMORY: Final = 2 * 1024**3
FORMATS: Final = {
    "text/turtle": "turtle", "application/x-turtle": "turtle", "text/n3": "turtle",
    "application/n-triples": "nt", "application/rdf+xml": "xml", "application/xml": "xml",
    "text/xml": "xml", "application/ld+json": "json-ld", "application/json": "json-ld",
}  # fmt: skip
ENDINGS: Final = {
    ".ttl": "turtle", ".rdf": "xml", ".xml": "xml", ".jsonld": "json-ld", ".json": "json-ld",
    ".nt": "nt",
}  # fmt: skip


class Refused(Exception):
    """The document is not read; the message says why."""


def main() -> None:
    """Read the order, write what was found."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    import_module("rdflib")  # its own imports build upon sockets
    socket.socket = _no_socket  # type: ignore[assignment,misc]
    order = json.load(sys.stdin)
    body = base64.b64decode(order["body"])
    try:
        answer: Any = read(body, order["kind"], order["base"])
    except Refused as reason:
        answer = {"refused": str(reason)}
    sys.stdout.buffer.write(msgspec.json.encode(answer))


def read(body: bytes, kind: str, base: str) -> Leaf:
    """The datasets of a document. Raises Refused."""
    format_ = format_of(kind, base, body)
    if format_ == "xml":
        _no_entities(body)
    if format_ == "json-ld":
        _no_contexts_elsewhere(body)
    return leaf(_parsed(body, format_, base))


def format_of(kind: str, url: str, body: bytes) -> str:
    """By media type, by the ending of the address, or by how it begins."""
    known = FORMATS.get(kind.partition(";")[0].strip().lower())
    ending = "." + url.partition("?")[0].rpartition("/")[2].rpartition(".")[2].lower()
    if known := known or ENDINGS.get(ending):
        return known
    start = body[:200].lstrip(b"\xef\xbb\xbf \r\n\t")
    if start.startswith((b"<?xml", b"<rdf")):
        return "xml"
    return "json-ld" if start.startswith((b"{", b"[")) else "turtle"


def _parsed(body: bytes, format_: str, base: str) -> "Graph":
    from rdflib import Graph

    graph = Graph()
    try:
        graph.parse(data=body, format=format_, publicID=base)
    except Exception as error:  # noqa: BLE001  parsers raise anything
        raise Refused(f"{type(error).__name__}: {str(error)[:300]}") from None
    return graph


def _no_socket(*_args: Any, **_kwargs: Any) -> None:
    raise OSError("a document must not send us elsewhere")


def _no_entities(body: bytes) -> None:
    from defusedxml import DefusedXmlException, sax  # noqa: PLC0415

    try:
        sax.parse(io.BytesIO(body), ContentHandler(), forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        raise Refused(f"the document defines entities ({type(error).__name__})") from None
    except Exception as error:  # noqa: BLE001  parsers raise anything
        raise Refused(f"{type(error).__name__}: {str(error)[:300]}") from None


def _no_contexts_elsewhere(body: bytes) -> None:
    try:
        said = json.loads(body)
    except ValueError as error:
        raise Refused(f"no JSON: {error}") from None
    waiting = [said]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            contexts = one.get("@context", [])
            for context in contexts if isinstance(contexts, list) else [contexts]:
                if isinstance(context, str):
                    raise Refused(f"the JSON-LD context lies elsewhere: {context[:200]}")
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


if __name__ == "__main__":
    main()
