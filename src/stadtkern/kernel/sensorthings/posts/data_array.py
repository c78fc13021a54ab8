"""Reads the data arrays of CreateObservations (18-088, data array extension)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.write import bodies
from stadtkern.kernel.things.store import Observation

FEATURE = "FeatureOfInterest/id"
_COMPONENTS = (
    "phenomenonTime",
    "result",
    "resultTime",
    "resultQuality",
    "validTime",
    "parameters",
    FEATURE,
)
# As in other bodies: ids are given by the server, whatever the client says.
_IGNORED = ("id", "@iot.id")
_LARGEST = 2**63 - 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Observations of one datastream, still as they came: a list of values each."""

    stream: int
    multi: bool
    components: Sequence[str]
    rows: Sequence[Any]


def groups(body: Any) -> list[Group]:
    """The groups of a request.

    Raises Problem (400): it is no list of groups, so that there is nothing to answer row by row.
    """
    if not isinstance(body, list):
        raise Problem(400, "CreateObservations: expected a list of data arrays")
    return [_group(f"CreateObservations[{n}]", one) for n, one in enumerate(body)]


def _group(where: str, given: Any) -> Group:
    if not isinstance(given, dict):
        raise Problem(400, f"{where}: expected a JSON object")
    links = [name for name in ("Datastream", "MultiDatastream") if given.get(name) is not None]
    if len(links) != 1:
        raise Problem(400, f"{where} needs a Datastream or a MultiDatastream")
    components, rows = given.get("components"), given.get("dataArray")
    if not isinstance(components, list) or not isinstance(rows, list):
        raise Problem(400, f"{where} needs 'components' and 'dataArray', both of them lists")
    for name in components:
        if name not in _COMPONENTS and name not in _IGNORED:
            known = ", ".join(_COMPONENTS)
            raise Problem(400, f"{where} has no component '{str(name)[:60]}'; it has {known}")
    return Group(
        stream=identity(f"{where}.{links[0]}", given[links[0]]),
        multi=links[0] == "MultiDatastream",
        components=components,
        rows=rows,
    )


def identity(where: str, link: Any) -> int:
    """The id in a link such as `{"@iot.id": 3}`.

    Raises Problem (400): there is none.
    """
    given = link.get("@iot.id", link.get("id")) if isinstance(link, dict) else None
    number = int(given) if isinstance(given, str) and given.isdecimal() else given
    if type(number) is not int:
        raise Problem(400, f'{where}: expected a link such as {{"@iot.id": 1}}')
    return min(max(number, -1), _LARGEST)


def observations(group: Group) -> Iterator[Observation | str]:
    """The observation of each row, or what is wrong with it."""
    names, width = group.components, len(group.components)
    for row in group.rows:
        if not isinstance(row, list) or len(row) != width:
            yield f"expected a list of {width} values: {', '.join(names)}"
            continue
        try:
            yield _observation(dict(zip(names, row, strict=True)), group.stream)
        except Problem as problem:
            yield problem.message


def _observation(body: dict[str, Any], stream: int) -> Observation:
    feature = body.pop(FEATURE, None)
    if feature is not None:
        feature = identity(FEATURE, {"@iot.id": feature})
    return bodies.observation(body, stream, feature)
