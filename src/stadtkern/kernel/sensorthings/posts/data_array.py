"""Reads the data arrays of CreateObservations (18-088, data array extension)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any

import msgspec

from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.write import bodies
from stadtkern.kernel.things.store import LARGEST, Observation

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


_Instant = Annotated[datetime, msgspec.Meta(tz=True)]
_Id = Annotated[int, msgspec.Meta(gt=0, le=_LARGEST)]
# What nearly all rows consist of, for the decoder to check.
_PLAIN: dict[str, Any] = {
    "phenomenonTime": _Instant,
    "result": Annotated[float, msgspec.Meta(ge=-LARGEST, le=LARGEST)],
    "resultTime": _Instant | None,
    FEATURE: _Id | None,
}
_FIELDS = {
    "phenomenonTime": "at",
    "result": "value",
    "resultTime": "result_time",
    FEATURE: "feature",
}
# Times that the decoder reads otherwise than everything else here: beyond microseconds, and where
# another zone is another era.
_FINER, _FAR = re.compile(rb":\d\d\.\d{7}"), re.compile(rb'"0001-|"9999-')


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """What was sent for one datastream: each row's observation, or what is wrong with it."""

    stream: int
    multi: bool
    rows: Sequence[Observation | str]


class _Link(msgspec.Struct):
    number: _Id = msgspec.field(name="@iot.id")


class _Plain(msgspec.Struct):
    stream: _Link = msgspec.field(name="Datastream")
    components: tuple[str, ...]
    rows: msgspec.Raw = msgspec.field(name="dataArray")
    multi: None = msgspec.field(name="MultiDatastream", default=None)


_plain = msgspec.json.Decoder(list[_Plain])


def groups(body: bytes) -> list[Group]:
    """The groups of a request.

    Raises Problem (400): it is no list of groups, so that there is nothing to answer row by row.
    """
    try:
        if not _FINER.search(body) and not _FAR.search(body):
            return [_plain_group(one) for one in _plain.decode(body)]
    except (ValueError, KeyError, TypeError, RecursionError):
        pass  # row by row, it comes to light what is unusual in it, or wrong
    given = _decoded(body)
    if not isinstance(given, list):
        raise Problem(400, "CreateObservations: expected a list of data arrays")
    return [_group(f"CreateObservations[{n}]", one) for n, one in enumerate(given)]


def _plain_group(given: _Plain) -> Group:
    stream, fields = given.stream.number, [_FIELDS[name] for name in given.components]
    decoded = _rows_decoder(given.components).decode(given.rows)
    if fields == ["at", "value"]:
        rows = [Observation(datastream=stream, at=at, value=value) for at, value in decoded]
    else:
        rows = [
            Observation(datastream=stream, **dict(zip(fields, row, strict=True))) for row in decoded
        ]
    return Group(stream=stream, multi=False, rows=rows)


@lru_cache(maxsize=64)
def _rows_decoder(components: tuple[str, ...]) -> msgspec.json.Decoder[Any]:
    if len(set(components)) < len(components) or not {"phenomenonTime", "result"} <= {*components}:
        raise ValueError(components)
    return msgspec.json.Decoder(list[tuple[tuple(_PLAIN[name] for name in components)]])  # type: ignore[misc]


def _decoded(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Problem(400, f"the body is no JSON: {error}") from None
    except RecursionError:
        raise Problem(400, "the body is nested too deep") from None


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
    stream = identity(f"{where}.{links[0]}", given[links[0]])
    return Group(
        stream=stream,
        multi=links[0] == "MultiDatastream",
        rows=list(_observations(stream, components, rows)),
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


def _observations(
    stream: int, names: Sequence[str], rows: Sequence[Any]
) -> Iterator[Observation | str]:
    for row in rows:
        if not isinstance(row, list) or len(row) != len(names):
            yield f"expected a list of {len(names)} values: {', '.join(names)}"
            continue
        try:
            yield _observation(dict(zip(names, row, strict=True)), stream)
        except Problem as problem:
            yield problem.message


def _observation(body: dict[str, Any], stream: int) -> Observation:
    feature = body.pop(FEATURE, None)
    if feature is not None:
        feature = identity(FEATURE, {"@iot.id": feature})
    return bodies.observation(body, stream, feature)
