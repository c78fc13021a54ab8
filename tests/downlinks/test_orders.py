"""Whatever the order of the news: the same end, only forwards, never two of one device out."""

import json
import random
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.devices import downlinks
from stadtkern.kernel.devices.downlinks import past
from stadtkern.kernel.devices.downlinks.due import claim, settle
from stadtkern.kernel.devices.downlinks.steps import News, advance
from stadtkern.kernel.devices.ingest.batch import commit
from stadtkern.kernel.devices.models import Downlink
from stadtkern.kernel.devices.models.downlink import Step
from stadtkern.kernel.devices.networks.sending.answer import Answer, Outcome

from .conftest import ack, message, txack, uplink

pytestmark = pytest.mark.django_db
STEPS = [step for step in Step if step is not Step.WAITING]
# What people are to read at the end, whatever came before; written out, not computed.
ENDS = {
    Step.QUEUED: "queued",
    Step.EXPIRED: "expired",
    Step.SUPERSEDED: "superseded",
    Step.CANCELLED: "cancelled",
    Step.REFUSED: "failed",
    Step.SENT: "sent",
    Step.UNANSWERED: "failed",
    Step.ACKNOWLEDGED: "acked",
}


class Undo(Exception):
    """Ends a block of which nothing shall stay."""


def make(device):
    return downlinks.send(device, payload=b"\x01", f_port=1, author="tests")


@pytest.mark.parametrize("seed", range(12))
def test_any_order_and_repetition_of_news_ends_the_same(device, heard, seed):
    chance = random.Random(seed)
    facts = chance.sample(STEPS, chance.randint(1, 5))
    began = clock.now()
    ends = set()
    for _ in range(4):
        try:
            with transaction.atomic():
                one = make(device)
                news = [
                    News(
                        remote=one.remote, step=step, at=began + timedelta(seconds=n), reason=f"{n}"
                    )
                    for n, step in enumerate(facts)
                ]
                news += chance.choices(news, k=3)
                chance.shuffle(news)
                highest = 0
                while news:
                    batch = [news.pop() for _ in range(min(len(news), chance.randint(1, 3)))]
                    advance(batch)
                    one.refresh_from_db()
                    assert one.step >= highest
                    highest = one.step
                times = tuple(sorted((s, e["at"]) for s, e in one.history.items() if s != "0"))
                ends.add((one.state, one.step, one.reason, times))
                raise Undo
        except Undo:
            pass
    ((state, step, _reason, times),) = ends
    assert step == max(facts)
    assert state == ENDS[max(facts)]
    assert len(times) == len(facts)


class World:
    """A device with its ChirpStack, a broker that sometimes fails, and somebody at the pages."""

    def __init__(self, device, ingest, seed):
        self.device, self.ingest = device, ingest
        self.chance = random.Random(seed)
        self.now = clock.now()
        self.frames = 10
        self.network = {}  # queue items by id, in order: the primary key of ChirpStack's table
        self.transmitted = Counter()
        self.undelivered = []
        self.steps = {}

    def live(self, rounds):
        acts = (self.write, self.hand_over, self.hear, self.deliver, self.join, self.cancel,
                self.wait, self.crash, self.end)  # fmt: skip
        for _ in range(rounds):
            self.chance.choices(acts, weights=(3, 6, 6, 8, 1, 1, 4, 1, 1))[0]()
            self.look()

    def write(self):
        downlinks.send(
            self.device,
            payload=self.chance.randbytes(2),
            f_port=1,
            topic=self.chance.choice(("", "text", "lamp")),
            confirmed=self.chance.random() < 0.5,
            priority=self.chance.choice((0, 0, 1)),
            expires=self.chance.choice((None, clock.now() + timedelta(days=1))),
            author="tests",
        )

    def hand_over(self):
        tasks = claim(self.now)
        answers = [(task, self.broker(task)) for task in tasks]
        settle(answers, self.now)

    def crash(self):
        """The sender dies after the broker took it, before it could note that."""
        for task in claim(self.now):
            self.broker(task)

    def broker(self, task):
        kind = self.chance.random()
        if kind < 0.2:
            return Answer(outcome=Outcome.NOT_SENT, reason="refused")
        item = json.loads(task.parcel.body)
        one = Downlink.objects.get(remote=item["id"])
        # What is known to have gone out is never handed over again.
        assert one.state in ("waiting", "queued")
        if kind > 0.35:
            self.network.setdefault(item["id"], {"confirmed": item["confirmed"], "pending": False})
        return Answer(outcome=Outcome.TAKEN if kind > 0.5 else Outcome.UNSURE, reason="silent")

    def hear(self):
        """An uplink: what was pending is answered, what is next goes out."""
        self.frames += 1
        self.undelivered.append(uplink(self.frames, at=self.now))
        if not self.network:
            return
        first = next(iter(self.network))
        known = Downlink(remote=UUID(first))
        if self.network[first]["pending"]:
            del self.network[first]
            self.undelivered.append(ack(known, acknowledged=self.chance.random() < 0.7))
            return
        self.transmitted[first] += 1
        self.undelivered.append(txack(known, downlinkId=self.frames))
        if self.network[first]["confirmed"]:
            self.network[first]["pending"] = True
        else:
            del self.network[first]

    def deliver(self):
        """Events reach us late, in any order, some of them twice."""
        self.chance.shuffle(self.undelivered)
        for _ in range(min(len(self.undelivered), self.chance.randint(1, 3))):
            event = self.undelivered.pop()
            commit(self.ingest.judge(self.ingest_events(event)))
            if self.chance.random() < 0.3:
                self.undelivered.append(event)

    def ingest_events(self, event):
        from stadtkern.kernel.devices.networks import read

        return list(read(event))

    def join(self):
        self.network.clear()
        self.frames += 1
        self.undelivered.append(
            message("join", {"deduplicationId": f"join-{self.frames}"}, at=self.now)
        )

    def cancel(self):
        one = Downlink.objects.order_by("?").first()
        if one:
            try:
                downlinks.cancel(one, author="tests")
            except downlinks.Refused:
                assert one.handed or one.state not in ("waiting", "queued")

    def wait(self):
        self.now += timedelta(seconds=self.chance.choice((5, 30, 120)))

    def end(self):
        past.end(self.now)

    def look(self):
        """What must be true at any time."""
        for one in Downlink.objects.all():
            assert one.step >= self.steps.get(one.pk, 0), "a step backwards"
            self.steps[one.pk] = one.step
            assert str(one.step) in one.history
            assert one.reason or one.state != "failed", "failed without a reason"
        out = Downlink.objects.filter(state__in=("waiting", "queued"), handed__isnull=False)
        assert out.count() <= 1
        waiting = Downlink.objects.filter(state="waiting", handed=None).exclude(topic="")
        topics = list(waiting.values_list("topic", flat=True))
        assert len(topics) == len(set(topics))

    def calm(self):
        """No more faults: every event arrives, every downlink goes out or ends."""
        self.broker = self.good_broker
        for _ in range(200):
            while self.undelivered:
                commit(self.ingest.judge(self.ingest_events(self.undelivered.pop(0))))
            self.hand_over()
            self.hear()
            self.now += timedelta(seconds=90)
            if not Downlink.objects.filter(state__in=("waiting", "queued")).exists():
                return

    def good_broker(self, task):
        item = json.loads(task.parcel.body)
        self.network.setdefault(item["id"], {"confirmed": item["confirmed"], "pending": False})
        return Answer(outcome=Outcome.TAKEN)


@pytest.mark.parametrize("seed", range(6))
def test_a_life_with_failures_keeps_its_promises(device, heard, ingest, seed):
    world = World(device, ingest, seed)
    world.live(50)
    world.calm()
    world.look()
    open_ = Downlink.objects.filter(state__in=("waiting", "queued"))
    assert not open_.exists(), [(one.state, one.due, one.reason) for one in open_]
    # What the device got is known to have gone out.
    for remote in world.transmitted:
        one = Downlink.objects.get(remote=remote)
        assert one.state in ("sent", "acked", "failed"), one.state
