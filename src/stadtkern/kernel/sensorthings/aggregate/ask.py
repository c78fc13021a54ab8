"""What a request for aggregates asks for: its own options, and the filter taken apart."""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import msgspec

from stadtkern.kernel.sensorthings.aggregate.interval import FIRST, LAST, Interval, interval
from stadtkern.kernel.sensorthings.aggregate.statistics import USUAL, Statistic, statistics
from stadtkern.kernel.sensorthings.parse.expressions import (
    Compare,
    Expression,
    Literal,
    Logic,
    Path,
)
from stadtkern.kernel.sensorthings.parse.options import Options, Order, pairs, parse_options
from stadtkern.kernel.sensorthings.problem import Problem

USUAL_TOP, MOST_TOP = 1_000, 10_000
FORMATS = ("JSON", "dataArray", "CSV")
_OWN = {
    name.lower(): name
    for name in (
        "$aggregate",
        "$interval",
        "$timezone",
        "$gaps",
        "$suspect",
        "$resultFormat",
        "$skiptoken",
    )
}
_TICK = timedelta(microseconds=1)
_LOWER = {"ge": timedelta(0), "gt": _TICK}
_UPPER = {"lt": timedelta(0), "le": _TICK}
_MIRRORED = {"ge": "le", "gt": "lt", "le": "ge", "lt": "gt"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """Where a page goes on: in this datastream, at this edge of its buckets."""

    datastream: int
    edge: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """One request, for instants from `low` up to but without `high`.

    `streams` is about datastreams, `rest` about observations; None where all of them are meant.
    """

    interval: Interval
    statistics: tuple[Statistic, ...]
    gaps: bool
    suspect: bool
    top: int
    descending: bool
    format: str
    low: datetime = FIRST
    high: datetime = LAST
    streams: Expression | None = None
    rest: Expression | None = None
    mark: Mark | None = None

    @property
    def rolled(self) -> bool:
        """Whether the sums that the store keeps know enough for every figure."""
        return self.rest is None and self.suspect and all(one.rolled for one in self.statistics)


def is_asked(query: bytes) -> bool:
    """Whether a request for observations wants them summed up."""
    return any(name.lower() in ("$aggregate", "$interval") for name, _ in pairs(query))


def ask(query: bytes, zone: ZoneInfo, *, many: bool) -> Ask:
    """The request in a query string; `zone` is the city's, `many` whether datastreams are chosen.

    Raises Problem (400): an option is unknown, malformed, missing or does not fit.
    """
    own, options = _options(query)
    if "$interval" not in own:
        raise Problem(400, "$interval is missing: name a duration such as PT1H or P1D")
    parts = _parts(options.filter)
    low, high, rest = _bounds(parts)
    chosen = [one for one in rest if many and _is_about_streams(one)]
    return Ask(
        interval=interval(own["$interval"], _zone(own.get("$timezone"), zone)),
        statistics=statistics(own.get("$aggregate", ",".join(USUAL))),
        gaps=_truth("$gaps", own, usual=False),
        suspect=_truth("$suspect", own, usual=True),
        top=USUAL_TOP if options.top is None else min(options.top, MOST_TOP),
        descending=_descending(options),
        format=_format(own.get("$resultFormat", "JSON")),
        low=low,
        high=high,
        streams=_joined([_of_stream(one) for one in chosen]),
        rest=_joined([one for one in rest if one not in chosen]),
        mark=_mark(own["$skiptoken"]) if "$skiptoken" in own else None,
    )


def _options(query: bytes) -> tuple[dict[str, str], Options]:
    own: dict[str, str] = {}
    others: list[str] = []
    for given, text in pairs(query):
        name = _OWN.get(given.lower())
        if name is None:
            others.append(f"{quote(given, safe='$')}={quote(text)}")
        elif name in own:
            raise Problem(400, f"{name} is given twice")
        else:
            own[name] = text
    options = parse_options("&".join(others).encode())
    fitting = Options(top=options.top, filter=options.filter, orderby=options.orderby)
    if options != fitting:
        raise Problem(400, "only $filter, $top and $orderby=phenomenonTime fit $aggregate")
    return own, options


def _parts(found: Expression | None) -> list[Expression]:
    """What must all be true."""
    if isinstance(found, Logic) and found.operator == "and":
        return [part for one in found.operands for part in _parts(one)]
    return [] if found is None else [found]


def _joined(parts: list[Expression]) -> Expression | None:
    if len(parts) < 2:
        return parts[0] if parts else None
    return Logic(operator="and", operands=tuple(parts), at=parts[0].at)


def _bounds(parts: list[Expression]) -> tuple[datetime, datetime, list[Expression]]:
    """The range of time that plain comparisons leave, and the other parts of the filter."""
    low, high, rest = FIRST, LAST, []
    for one in parts:
        match _of_time(one):
            case (operator, moment) if operator in _LOWER:
                low = max(low, moment + _LOWER[operator])
            case (operator, moment) if operator in _UPPER:
                high = min(high, moment + _UPPER[operator])
            case _:
                rest.append(one)
    return low, high, rest


def _of_time(one: Expression) -> tuple[str, datetime] | None:
    match one:
        case Compare(
            left=Path(names=("phenomenonTime",)), right=Literal(value=datetime() as moment)
        ):
            return one.operator, min(max(moment, FIRST), LAST)
        case Compare(
            left=Literal(value=datetime() as moment), right=Path(names=("phenomenonTime",))
        ):
            return _MIRRORED.get(one.operator, ""), min(max(moment, FIRST), LAST)
    return None


def _paths(found: Any) -> Iterator[Path]:
    """All paths in an expression, of whatever nodes it is made."""
    if isinstance(found, Path):
        yield found
    elif isinstance(found, tuple):
        for one in found:
            yield from _paths(one)
    elif is_dataclass(found):
        for field in fields(found):
            yield from _paths(getattr(found, field.name))


def _is_about_streams(found: Expression) -> bool:
    paths = list(_paths(found))
    return bool(paths) and all(len(p.names) > 1 and p.names[0] == "Datastream" for p in paths)


def _of_stream(found: Any) -> Any:
    """The same expression as seen from the datastream: `Datastream/name` is its `name`."""
    if isinstance(found, Path):
        return replace(found, names=found.names[1:])
    if isinstance(found, tuple):
        return tuple(_of_stream(one) for one in found)
    if is_dataclass(found) and not isinstance(found, type):
        changed = {f.name: _of_stream(getattr(found, f.name)) for f in fields(found)}
        return replace(found, **changed)
    return found


def _zone(name: str | None, usual: ZoneInfo) -> ZoneInfo:
    if name is None:
        return usual
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Problem(
            400, f"$timezone: there is no time zone '{name[:60]}'; write one such as Europe/Berlin"
        ) from None


def _truth(name: str, own: dict[str, str], *, usual: bool) -> bool:
    text = own.get(name, "true" if usual else "false")
    if text not in ("true", "false"):
        raise Problem(400, f"{name}: expected true or false, found '{text[:40]}'")
    return text == "true"


def _descending(options: Options) -> bool:
    match options.orderby:
        case ():
            return False
        case (Order(key=Path(names=("phenomenonTime",)), descending=descending),):
            return descending
    raise Problem(400, "$orderby: aggregates are ordered by phenomenonTime, asc or desc")


def _format(text: str) -> str:
    for one in FORMATS:
        if text.lower() == one.lower():
            return one
    raise Problem(
        400, f"$resultFormat: aggregates come as {', '.join(FORMATS)}, not as '{text[:40]}'"
    )


def token(mark: Mark) -> str:
    """A `$skiptoken` that goes on at this mark."""
    told = msgspec.json.encode([mark.datastream, mark.edge])
    return base64.urlsafe_b64encode(told).decode().rstrip("=")


def _mark(text: str) -> Mark:
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        number, edge = msgspec.json.decode(
            base64.urlsafe_b64decode(padded), type=tuple[int, datetime]
        )
        return Mark(datastream=number, edge=min(max(edge, FIRST), LAST))
    except (ValueError, TypeError, binascii.Error, msgspec.DecodeError):
        raise Problem(400, "$skiptoken is not one that this service gave") from None
