"""Validates descriptions against the published SHACL shapes; a process of its own, without Django.

Standard input is `{"documents": [Turtle, ...], "terms": Turtle, "shapes": [path, ...],
"high_value": [path, ...], "lists": [path, ...]}`, standard output a list of what was found in
each document: `{"focus", "path", "message", "severity", "value"}`. rdflib and pyshacl take some
100 MB, which no web process should keep.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from rdflib import Graph

DCAT: Final = "http://www.w3.org/ns/dcat#"
HVD: Final = "http://data.europa.eu/r5r/"


def main() -> None:
    """Read the order, write what was found."""
    order = json.load(sys.stdin)
    shapes, high_value = _graph(order["shapes"]), _graph(order["high_value"])
    terms = _graph(order["lists"])
    terms.parse(data=order["terms"], format="turtle")
    found = []
    for document in order["documents"]:
        data = _graph([])
        data.parse(data=document, format="turtle")
        said = _found(data, shapes, terms)
        if _keep_high_value(data):
            said += _found(data, high_value, terms)
        found.append(said)
    json.dump(found, sys.stdout)


def _graph(paths: Sequence[str]) -> "Graph":
    from rdflib import Graph

    graph = Graph()
    for path in paths:
        graph.parse(path, format="turtle" if path.endswith(".ttl") else "xml")
    return graph


def _keep_high_value(data: "Graph") -> bool:
    """Leave only what fulfils the duty: the shapes of the annex take all they see for that.

    Not every copy of high-value data is one by law (SEMICeu/DCAT-AP, issues 440 and 453).
    """
    from rdflib import RDF, URIRef

    category, law = (URIRef(HVD + name) for name in ("hvdCategory", "applicableLegislation"))
    for kind, mark in (("Dataset", category), ("Distribution", law), ("DataService", law)):
        for one in list(data.subjects(RDF.type, URIRef(DCAT + kind))):
            if (one, mark, None) not in data:
                data.remove((one, None, None))
                data.remove((None, None, one))
    return (None, category, None) in data


def _found(data: "Graph", shapes: "Graph", terms: "Graph") -> list[dict[str, str]]:
    """Lists of terms belong to the data: pySHACL does not look into an ontology for them."""
    from pyshacl import validate
    from rdflib import Graph

    listed = set(terms.subjects())
    _, report, _ = validate(
        data + terms, shacl_graph=shapes, inference="none", do_owl_imports=False,
        meta_shacl=False, advanced=False, allow_warnings=True,
    )  # fmt: skip
    assert isinstance(report, Graph)
    return [one for one, focus in _results(report) if focus not in listed]


def _results(report: "Graph") -> Iterator[tuple[dict[str, str], Any]]:
    from rdflib.namespace import SH

    for result in report.objects(None, SH.result):
        focus = report.value(result, SH.focusNode)
        said = {
            "focus": str(focus),
            "path": str(report.value(result, SH.resultPath) or ""),
            "message": _message(report, result),
            "severity": str(report.value(result, SH.resultSeverity)).rpartition("#")[2],
            "value": str(report.value(result, SH.value) or ""),
        }
        yield said, focus


def _message(report: "Graph", result: Any) -> str:
    """In German where there is a German one."""
    from rdflib.namespace import SH

    said = list(report.objects(result, SH.resultMessage))
    said.sort(key=lambda one: getattr(one, "language", None) != "de")
    return str(said[0]) if said else ""


if __name__ == "__main__":
    main()
