"""What a batch of changes says under each topic, in as few statements as there are wishes."""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
import structlog
from psycopg import AsyncConnection

from stadtkern.kernel.sensorthings.live.feed import Batch, Changed
from stadtkern.kernel.sensorthings.live.topics import Topic, properties_changed
from stadtkern.kernel.sensorthings.plan.among import among
from stadtkern.kernel.sensorthings.plan.reads import Base
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.settle import settled

log = structlog.get_logger("sensorthings")

MUTED = 600.0  # seconds
_muted: dict[object, float] = {}
BOTH = {"Datastreams": ("Datastreams", "MultiDatastreams")}
Texts = dict[int, bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """A message under a topic; `id` is that of the entity it is about."""

    topic: Topic
    id: int
    body: bytes


async def messages(
    batch: Batch, wanted: Iterable[Topic], where: Base, eyes: AsyncConnection[Any]
) -> list[Message]:
    """What the topics tell of this batch, in the order of the entities' ids."""
    news = _News(batch)
    asked = [(topic, ids) for topic in wanted if (ids := news.about(topic))]
    groups: dict[tuple[str, str, str], list[tuple[Topic, Sequence[int]]]] = defaultdict(list)
    found: list[Message] = []
    for topic, ids in asked:
        if topic.simple:
            groups[topic.group].append((topic, ids))
        else:
            found += _told(topic, await _texts(topic, ids, where, eyes), ids)
    for members in groups.values():
        together = sorted({number for _, ids in members for number in ids})
        texts = await _texts(members[0][0], together, where, eyes, shared=True)
        for topic, ids in members:
            found += _told(topic, texts, ids)
    return sorted(found, key=lambda one: one.id)


def _told(topic: Topic, texts: Texts, ids: Iterable[int]) -> Iterator[Message]:
    for number in ids:
        if number in texts:
            yield Message(topic=topic, id=number, body=texts[number])


async def _texts(
    topic: Topic,
    ids: Sequence[int],
    where: Base,
    eyes: AsyncConnection[Any],
    *,
    shared: bool = False,
) -> Texts:
    """The JSON by id of those that exist, may be seen and belong to the topic.

    A question that takes too long is not asked again for a while.
    """
    if _muted.get(topic.question, 0.0) > time.monotonic():
        return {}
    try:
        plan = among(topic.shared if shared else topic.resource, topic.options, ids, where)
        values = await settled(eyes, plan.values)
        cursor = await eyes.execute(plan.sql.encode(), values)
    except (Problem, psycopg.Error) as problem:
        slow = isinstance(problem, psycopg.errors.QueryCanceled)
        if eyes.closed or (slow and topic.simple and not topic.query):
            raise
        log.warning("a topic tells nothing", topic=topic.text, reason=str(problem).split("\n")[0])
        if slow:
            _mute(topic)
        return {}
    result = cursor.pgresult
    if result is None:
        raise psycopg.OperationalError("no result")
    found = {}
    for row in range(result.ntuples):
        text = result.get_value(row, 1)
        if topic.resource.field:
            text = b'{"%s":%s}' % (topic.resource.field.encode(), text or b"null")
        found[int(result.get_value(row, 0) or 0)] = text or b""
    return found


def _mute(topic: Topic) -> None:
    now = time.monotonic()
    for question in [one for one, until in _muted.items() if until <= now]:
        del _muted[question]
    _muted[topic.question] = now + MUTED


class _News:
    """The ids of a batch by entity set, by datastream, and the properties that have changed."""

    def __init__(self, batch: Batch) -> None:
        self._sets: dict[str, dict[int, Changed | None]] = defaultdict(dict)
        self._streams: dict[tuple[bool, int], list[int]] = defaultdict(list)
        for change in batch.changes:
            for name in BOTH.get(change.entity, (change.entity,)):
                self._sets[name][change.id] = change
        for one in batch.observations:
            self._sets["Observations"][one.id] = None
            self._streams[one.multi, one.stream].append(one.id)
        for change in batch.changes:
            if change.stream is not None:
                self._streams[change.multi, change.stream].append(change.id)

    def about(self, topic: Topic) -> Sequence[int]:
        """The entities that the topic may tell of."""
        stream = topic.stream
        if stream is not None:
            return self._streams.get((topic.multi, stream), ())
        ids = self._sets.get(topic.entity)
        if not ids:
            return ()
        last = topic.resource.last
        if last.id is not None:
            ids = {last.id: ids[last.id]} if last.id in ids else {}
        field = topic.resource.field
        return [
            number for number, change in ids.items() if not field or _fits(field, topic, change)
        ]


def _fits(field: str, topic: Topic, change: Changed | None) -> bool:
    if change is None or change.new:
        return True
    return field in properties_changed(topic.entity, change.columns)
