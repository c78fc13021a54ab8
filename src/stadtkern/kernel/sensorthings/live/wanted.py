"""Which topics a batch concerns: those subscribed to, or a fixed set where nobody can know."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

import structlog
from paho.mqtt.client import topic_matches_sub

from stadtkern.kernel.sensorthings.entities import ENTITIES
from stadtkern.kernel.sensorthings.live.feed import Batch, Changed
from stadtkern.kernel.sensorthings.live.messages import BOTH
from stadtkern.kernel.sensorthings.live.topics import (
    PREFIX,
    Topic,
    parse_topic,
    properties_changed,
)
from stadtkern.kernel.sensorthings.problem import Problem

log = structlog.get_logger("sensorthings")

MOST_QUESTIONS = 300
_STREAMS = {False: "Datastreams", True: "MultiDatastreams"}


class Wanted:
    """The topics that are subscribed to; those with wildcards get what they match of the fixed."""

    def __init__(self) -> None:
        self._topics: dict[str, Topic | None] = {}
        self._streams: dict[tuple[bool, int], dict[str, Topic]] = defaultdict(dict)
        self._sets: dict[str, dict[str, Topic]] = defaultdict(dict)
        self._wildcards: set[str] = set()
        self._questions: Counter[object] = Counter()

    def __len__(self) -> int:
        return len(self._topics)

    def add(self, texts: Iterable[str]) -> list[Topic]:
        """Note these; those that were not known and can be told are answered."""
        found = []
        for text in texts:
            if text in self._topics:
                continue
            topic = self._topics[text] = self._understood(text)
            if topic is not None and not self._has_room(topic):
                log.warning("too many different questions: a topic tells nothing", topic=text)
                topic = self._topics[text] = None
            if topic is not None:
                self._place(topic)[text] = topic
                self._questions[topic.question] += 1
                found.append(topic)
        return found

    def among(self, texts: Iterable[str]) -> list[Topic]:
        """Those of these that can be told."""
        return [topic for text in texts if (topic := self._topics.get(text))]

    def drop(self, texts: Iterable[str]) -> None:
        """Nobody wants these any more."""
        for text in texts:
            self._wildcards.discard(text)
            topic = self._topics.pop(text, None)
            if topic is not None:
                self._place(topic).pop(text, None)
                self._questions -= Counter([topic.question])

    def concerned(self, batch: Batch) -> Iterator[Topic]:
        """The topics that may tell of something in this batch."""
        for key in _streams_of(batch):
            yield from self._streams.get(key, {}).values()
        for entity in _sets_of(batch):
            yield from self._sets.get(entity, {}).values()
        if self._wildcards:
            for topic in fixed(batch):
                if topic.text not in self._topics and self._matched(topic.text):
                    yield topic

    def _understood(self, text: str) -> Topic | None:
        if "#" in text or "/+" in text:
            self._wildcards.add(text)
            return None
        try:
            return parse_topic(text)
        except Problem as problem:
            log.info("nothing is told under a topic", topic=text, reason=problem.message)
            return None

    def _has_room(self, topic: Topic) -> bool:
        """Each question beside the others takes a statement of its own for every batch."""
        return topic.question in self._questions or len(self._questions) < MOST_QUESTIONS

    def _place(self, topic: Topic) -> dict[str, Topic]:
        stream = topic.stream
        return self._sets[topic.entity] if stream is None else self._streams[topic.multi, stream]

    def _matched(self, text: str) -> bool:
        return any(topic_matches_sub(one, text) for one in self._wildcards)


def fixed(batch: Batch) -> list[Topic]:
    """The topics of a batch where subscriptions cannot be seen.

    Each datastream's and all observations; of entities their set, themselves and the properties
    that have changed.
    """
    texts = [f"{_STREAMS[multi]}({stream})/Observations" for multi, stream in _streams_of(batch)]
    if texts:
        texts.append("Observations")
    for change in batch.changes:
        for name in BOTH.get(change.entity, (change.entity,)):
            texts += _of_entity(name, change)
    return [topic for text in dict.fromkeys(texts) if (topic := _parsed(PREFIX + text))]


def _of_entity(name: str, change: Changed) -> Iterator[str]:
    if name not in ENTITIES:
        return
    yield name
    yield f"{name}({change.id})"
    for one in (
        ENTITIES[name].properties if change.new else properties_changed(name, change.columns)
    ):
        if one != "id":
            yield f"{name}({change.id})/{one}"


def _streams_of(batch: Batch) -> set[tuple[bool, int]]:
    corrected = {(c.multi, c.stream) for c in batch.changes if c.stream is not None}
    return {(one.multi, one.stream) for one in batch.observations} | corrected


def _sets_of(batch: Batch) -> set[str]:
    found = {name for c in batch.changes for name in BOTH.get(c.entity, (c.entity,))}
    return found | ({"Observations"} if batch.observations else set())


@lru_cache(maxsize=20_000)
def _parsed(text: str) -> Topic | None:
    try:
        return parse_topic(text)
    except Problem:
        return None
