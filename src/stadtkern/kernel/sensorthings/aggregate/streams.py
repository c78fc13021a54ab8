"""The datastreams whose observations are summed up, as far as the asker may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from stadtkern.kernel.sensorthings.aggregate.interval import length
from stadtkern.kernel.sensorthings.entities import DATASTREAMS
from stadtkern.kernel.sensorthings.parse.expressions import Expression
from stadtkern.kernel.sensorthings.parse.options import Chosen, Options
from stadtkern.kernel.sensorthings.parse.path import Resource, Step
from stadtkern.kernel.sensorthings.parse.tokens import Spot
from stadtkern.kernel.sensorthings.plan import reads
from stadtkern.kernel.sensorthings.plan.reads import Base, Statement
from stadtkern.kernel.sensorthings.problem import Problem

MOST = 100
# A datastream says here how often it is expected to measure, as an ISO 8601 duration.
RATE = "samplingInterval"
_SELECT = tuple(
    Chosen(name=name, at=Spot(option="$select", position=0))
    for name in ("id", "name", "unitOfMeasurement", "phenomenonTime", "properties")
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stream:
    """A datastream with observations from `first` to `last` (None where it has none)."""

    id: int
    name: str
    unit: dict[str, Any]
    first: datetime | None
    last: datetime | None
    every: timedelta | None


def statement(resource: Resource, chosen: Expression | None, where: Base) -> Statement:
    """Asks for the datastreams as JSON, one a row and at most one more than MOST.

    Raises Problem (400): the observations do not hang on datastreams.
    """
    steps = resource.steps[:-1]
    if not steps:
        everything = Resource(steps=(Step(entity=DATASTREAMS),))
        options = Options(select=_SELECT, filter=chosen, top=MOST)
        return reads.page(everything, options, where).rows
    if steps[-1].entity is not DATASTREAMS:
        raise Problem(
            400,
            f"the observations of a {steps[-1].entity.singular} cannot be aggregated: ask at"
            " Datastreams(1)/Observations, or at Observations with $filter=Datastream/id eq 1",
        )
    return reads.single(Resource(steps=steps), Options(select=_SELECT), where)


def streams(texts: Sequence[bytes], resource: Resource) -> list[Stream]:
    """The datastreams that the statement found, by id.

    Raises Problem: there is none at this address (404), or there are too many (400).
    """
    if not texts and len(resource.steps) > 1:
        raise Problem(404, "there is no such entity")
    if len(texts) > MOST:
        raise Problem(
            400,
            f"these are the observations of more than {MOST} datastreams: choose fewer, such as"
            " $filter=Datastream/id eq 1",
        )
    return [_stream(msgspec.json.decode(text)) for text in texts]


def _stream(told: dict[str, Any]) -> Stream:
    first, _, last = (told.get("phenomenonTime") or "").partition("/")
    properties = told.get("properties")
    return Stream(
        id=told["@iot.id"],
        name=told["name"],
        unit=told["unitOfMeasurement"],
        first=datetime.fromisoformat(first) if first else None,
        last=datetime.fromisoformat(last or first) if first else None,
        every=length(properties.get(RATE)) if isinstance(properties, dict) else None,
    )
