"""The newest observation of each datastream, which brokers keep for whoever subscribes later."""

from collections.abc import Sequence
from typing import Any

from psycopg import AsyncConnection

from stadtkern.kernel.sensorthings import pool
from stadtkern.kernel.sensorthings.live.feed import Arrived, Batch
from stadtkern.kernel.sensorthings.live.messages import Message, messages
from stadtkern.kernel.sensorthings.live.topics import Topic, parse_topic
from stadtkern.kernel.sensorthings.plan.reads import Base

_NEWEST = (
    "select l.observation_id, l.datastream_id, d.multi from things_latest l"
    " join things_datastream d on d.id = l.datastream_id where l.datastream_id = any(%s)"
)
# Datastreams whose audience may have changed with them, their thing, or its project.
_TOUCHED = (
    "select d.id from things_datastream d join things_thing t on t.id = d.thing_id"
    " where d.id = any(%s) or t.id = any(%s) or t.project_id = any(%s)"
)


async def of_topics(topics: Sequence[Topic], where: Base) -> list[Message]:
    """What those of the topics that are about one datastream would have told last."""
    streams = [topic.stream for topic in topics if topic.stream is not None]
    if not streams:
        return []
    async with (await pool.pool()).connection() as eyes:
        rows = await (await eyes.execute(_NEWEST.encode(), [streams])).fetchall()
        batch = Batch(observations=[Arrived(id=i, stream=s, multi=m) for i, s, m in rows])
        return await messages(batch, [t for t in topics if t.stream is not None], where, eyes)


async def ids(found: Sequence[Message], eyes: AsyncConnection[Any]) -> frozenset[int]:
    """The observations among these that are the newest of their datastream."""
    streams = sorted({one.topic.stream for one in found if one.topic.stream is not None})
    rows = await (await eyes.execute(_NEWEST.encode(), [streams])).fetchall()
    return frozenset(row[0] for row in rows)


async def hidden(batch: Batch, where: Base, eyes: AsyncConnection[Any]) -> list[str]:
    """Topics under which a broker must keep nothing any more: not everybody may see them now."""
    touched = await _touched(batch, eyes)
    topics = [
        parse_topic(f"v1.1/{name}({number})/Observations")
        for number in touched
        for name in ("Datastreams", "MultiDatastreams")
    ]
    if not topics:
        return []
    rows = await (await eyes.execute(_NEWEST.encode(), [touched])).fetchall()
    newest = Batch(observations=[Arrived(id=i, stream=s, multi=m) for i, s, m in rows])
    seen = {one.topic.text for one in await messages(newest, topics, where, eyes)}
    return [topic.text for topic in topics if topic.text not in seen]


async def _touched(batch: Batch, eyes: AsyncConnection[Any]) -> list[int]:
    about = {
        "Datastreams": {"public", "-", "thing_id"},
        "Things": {"project_id"},
        "Projects": {"public"},
    }
    found: list[list[int]] = [
        [c.id for c in batch.changes if c.entity == name and c.columns & columns]
        for name, columns in about.items()
    ]
    if not any(found):
        return []
    rows = await (await eyes.execute(_TOUCHED.encode(), found)).fetchall()
    gone = [c.id for c in batch.changes if c.entity == "Datastreams" and "-" in c.columns]
    return sorted({*gone, *(row[0] for row in rows)})
