"""Whether a record conforms: our own rules, and the published shapes in a process of their own."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from stadtkern.kernel.catalogue.dcat import address, catalogue, formats, record, rules, terms
from stadtkern.kernel.catalogue.dcat.nodes import Iri, Node, short
from stadtkern.kernel.catalogue.dcat.problems import Problem
from stadtkern.kernel.catalogue.models import Dataset

SHAPES: Final = Path(__file__).parent / "shapes"
HIGH_VALUE: Final = "semic-hvd-3.0.0-SHACL-base.ttl"
MORE: Final = "dcat-ap-de-controlledvocabularies.ttl"
LISTS: Final = (
    "eu-filetypes-skos.rdf", "eu-data-theme-skos.rdf", "licenses-open.rdf", "contributors.rdf",
)  # fmt: skip
# Seconds for one document, and for each hundred kilobytes of it.
PATIENCE: Final = (60, 60)
_CODES: Final = {
    "dct:title": "title", "dct:description": "description", "dct:publisher": "publisher",
    "foaf:name": "publisher", "dcat:contactPoint": "contact", "vcard:hasEmail": "contact",
    "vcard:hasURL": "contact", "vcard:fn": "contact", "dct:license": "licence",
    "dcat:accessURL": "access", "dcat:distribution": "distribution",
    "dcat:endpointURL": "access", "dct:temporal": "period",
}  # fmt: skip


class NotChecked(Exception):
    """The check against the shapes did not come to its end; the message says why."""


def problems(dataset: Dataset, *, shapes: bool = True) -> list[Problem]:
    """What is wrong with a dataset's record, the worst first; nothing where it conforms.

    `shapes` asks for the published shapes too, which takes some seconds.
    """
    known = catalogue.fetched(Dataset.objects.filter(pk=dataset.pk)).get()
    nodes = record.document(known, address.base())
    found = rules.broken(nodes)
    if not shapes:
        return found
    try:
        return merged(found, shaped([nodes])[0])
    except NotChecked as reason:
        return [*found, Problem(code="check", detail=str(reason), must=False)]


def merged(own: Sequence[Problem], others: Sequence[Problem]) -> list[Problem]:
    """Both, where the shapes say something that our own rules did not say of the same part."""
    said = {(one.code, one.where) for one in own}
    codes = {one.code for one in own}
    new = [
        one for one in dict.fromkeys(others)
        if (one.code, one.where) not in said and (one.where or one.code not in codes)
    ]  # fmt: skip
    return sorted([*own, *new], key=lambda one: not one.must)


def shaped(records: Sequence[Sequence[Node]], shared: Sequence[Node] = ()) -> list[list[Problem]]:
    """What the published shapes find in each record; `shared` are nodes that all point to.

    All are looked at as one document, as the catalogue shows them. Raises NotChecked.
    """
    unlike = {node.iri: node for nodes in (*records, shared) for node in nodes}
    document = formats.TURTLE.document([formats.TURTLE.part(unlike.values())])
    titles = {
        node.iri: rules.title_of(node)
        for node in unlike.values() if "dcat:Dataset" not in node.types
    }  # fmt: skip
    names = [_names(nodes) for nodes in records]
    found: list[list[Problem]] = [[] for _ in records]
    for one in results([document])[0]:
        for problems_, known in zip(found, names, strict=True):
            if one["focus"] in known:
                problems_.append(_problem(one, titles))
    return found


def _names(nodes: Sequence[Node]) -> set[str]:
    """The nodes of a record and what they point to: where a shape may find a fault."""
    pointed = {value.value for node in nodes for _, value in node.facts if isinstance(value, Iri)}
    return {node.iri for node in nodes} | pointed


def _problem(found: dict[str, str], titles: dict[str, str]) -> Problem:
    path = short(found["path"]) or found["path"]
    code = _CODES.get(path, "other")
    return Problem(
        code=code, where=titles.get(found["focus"], ""),
        detail=found["message"] if code == "other" else "",
        must=found["severity"] == "Violation",
    )  # fmt: skip


def results(documents: Sequence[str]) -> list[list[dict[str, str]]]:
    """What the shapes say of Turtle documents, in the shapes' own words. Raises NotChecked."""
    order = json.dumps(_order(documents))
    first, more = PATIENCE
    try:
        done = subprocess.run(
            [sys.executable, "-m", "stadtkern.kernel.catalogue.dcat.shacl"],
            input=order, capture_output=True, text=True, check=True,
            timeout=first + more * len(order) / 100_000,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise NotChecked("it took too long") from None
    except subprocess.CalledProcessError as error:
        raise NotChecked((error.stderr.strip().splitlines() or ["no reason"])[-1][:300]) from None
    found: list[list[dict[str, str]]] = json.loads(done.stdout)
    return found


def _order(documents: Sequence[str]) -> dict[str, Any]:
    shapes = sorted(str(path) for path in SHAPES.glob("*.ttl") if path.name != HIGH_VALUE)
    given = os.environ.get("STADTKERN_SHAPES", "")
    folder = Path(given) if given else None
    if folder and (folder / MORE).is_file():
        shapes.append(str(folder / MORE))
    lists = [str(folder / name) for name in LISTS if (folder / name).is_file()] if folder else []
    return {
        "documents": list(documents), "terms": terms.document(), "shapes": shapes,
        "high_value": [str(SHAPES / HIGH_VALUE)], "lists": lists,
    }  # fmt: skip
