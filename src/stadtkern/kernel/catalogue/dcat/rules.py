"""Our own rules for a record: quick, in plain words, and a second opinion beside the shapes.

They are written from the texts of DCAT-AP.de 3.0, its annex for high-value datasets and GovData's
conventions, and look at nodes, so they need no RDF library.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from stadtkern.kernel.catalogue import vocabulary
from stadtkern.kernel.catalogue.dcat import terms
from stadtkern.kernel.catalogue.dcat.nodes import Iri, Node, Value
from stadtkern.kernel.catalogue.dcat.problems import Problem
from stadtkern.kernel.catalogue.licences import LICENCE_LIST, LICENCES

_MUST: Final = (
    ("dct:title", "title"), ("dct:description", "description"), ("dct:publisher", "publisher"),
    ("dcat:contactPoint", "contact"), ("dcat:distribution", "distribution"),
)  # fmt: skip
_SHOULD: Final = (
    ("dcat:keyword", "keyword"), ("dcat:theme", "theme"), ("dct:accrualPeriodicity", "rhythm"),
    ("dct:spatial", "place"),
)  # fmt: skip


def broken(about: Iterable[Node]) -> list[Problem]:
    """What is wrong with the dataset that these nodes describe, the worst first."""
    nodes = list(about)
    found = [
        problem
        for node in nodes for kind, rule in _RULES if kind in node.types
        for problem in rule(node, nodes)
    ]  # fmt: skip
    return sorted(dict.fromkeys(found), key=lambda one: not one.must)


def values(node: Node, name: str) -> list[Value]:
    """What a node says under this name."""
    return [value for said, value in node.facts if said == name]


def title_of(node: Node) -> str:
    """A node's title, the German one first."""
    said = values(node, "dct:title")
    return said[0].value if said else ""


def _dataset(node: Node, nodes: list[Node]) -> Iterator[Problem]:
    said = {name for name, _ in node.facts}
    yield from (Problem(code=code) for name, code in _MUST if name not in said)
    yield from (Problem(code=code, must=False) for name, code in _SHOULD if name not in said)
    themes = terms.members()[f"{vocabulary.AUTHORITY}/data-theme"]
    yield from _unknown(node, "dcat:theme", themes, "theme_unknown")
    rhythms = terms.members()[f"{vocabulary.AUTHORITY}/frequency"]
    yield from _unknown(node, "dct:accrualPeriodicity", rhythms, "rhythm_unknown")
    if "dcatap:hvdCategory" in said:
        yield from _high_value(node, nodes)


def _high_value(dataset: Node, nodes: list[Node]) -> Iterator[Problem]:
    """Implementing Regulation (EU) 2023/138, article 3: in bulk where marked, and by an API."""
    if not _by_law(dataset):
        yield Problem(code="hvd", detail="dcatap:applicableLegislation")
    marked = [one for one in nodes if "dcat:Distribution" in one.types and _by_law(one)]
    if not any(values(one, "dcat:downloadURL") for one in marked):
        yield Problem(code="hvd_bulk")
    if not any(values(one, "dcat:accessService") for one in marked):
        yield Problem(code="hvd_api")


def _by_law(node: Node) -> bool:
    return Iri(vocabulary.HVD_LAW) in values(node, "dcatap:applicableLegislation")


def _distribution(node: Node, _nodes: list[Node]) -> Iterator[Problem]:
    where = title_of(node)
    if not values(node, "dcat:accessURL"):
        yield Problem(code="access", where=where)
    if not values(node, "dct:license"):
        yield Problem(code="licence", where=where)
    yield from _licence(node, where)
    formats = terms.members()[f"{vocabulary.AUTHORITY}/file-type"]
    yield from _unknown(node, "dct:format", formats, "format_unknown", where)
    if not values(node, "dct:format"):
        yield Problem(code="format", where=where, must=False)


def _licence(node: Node, where: str) -> Iterator[Problem]:
    for value in values(node, "dct:license"):
        known = LICENCES.get(value.value.removeprefix(f"{LICENCE_LIST}/"))
        if known is None:
            yield Problem(code="licence_unknown", where=where, detail=value.value, must=False)
        elif known.credit and not values(node, "dcatde:licenseAttributionByText"):
            yield Problem(code="credit", where=where, must=False)


def _service(node: Node, _nodes: list[Node]) -> Iterator[Problem]:
    where = title_of(node)
    for name, code in (
        ("dcat:endpointURL", "access"), ("dct:publisher", "publisher"),
        ("dcat:contactPoint", "contact"),
    ):  # fmt: skip
        if not values(node, name):
            yield Problem(code=code, where=where)


def _publisher(node: Node, _nodes: list[Node]) -> Iterator[Problem]:
    if not values(node, "foaf:name"):
        yield Problem(code="publisher")


def _contact(node: Node, _nodes: list[Node]) -> Iterator[Problem]:
    reached = [
        value for name in ("vcard:hasEmail", "vcard:hasURL", "vcard:hasTelephone")
        for value in values(node, name)
    ]  # fmt: skip
    if not reached or not all(isinstance(value, Iri) for value in reached):
        yield Problem(code="contact")


def _period(node: Node, _nodes: list[Node]) -> Iterator[Problem]:
    if not (values(node, "dcat:startDate") or values(node, "dcat:endDate")):
        yield Problem(code="period")


def _unknown(
    node: Node, name: str, known: frozenset[str], code: str, where: str = ""
) -> Iterator[Problem]:
    for value in values(node, name):
        if value.value not in known:
            detail = value.value.rpartition("/")[2] or value.value
            yield Problem(code=code, where=where, detail=detail)


_RULES: Final = (
    ("dcat:Dataset", _dataset), ("dcat:Distribution", _distribution),
    ("dcat:DataService", _service), ("foaf:Agent", _publisher), ("vcard:Kind", _contact),
    ("dct:PeriodOfTime", _period),
)  # fmt: skip
