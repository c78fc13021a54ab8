"""The line of held messages: order, windows, what a lost connection changes."""

import random

import pytest

from stadtkern.site.tree import hold as hold_module
from stadtkern.site.tree.hold import WINDOW, Held, Hold


class Publisher:
    def __init__(self) -> None:
        self.released: list[str] = []

    def release(self, held: Held) -> None:
        self.released.append(held.data.decode())


def prefix_matches(topic: str, topic_filter: str) -> bool:
    return topic.startswith(topic_filter.removesuffix("#"))


def message(text: str, origin: Publisher | None = None, topic: str = "application/1") -> Held:
    return Held(topic=topic, data=text.encode(), qos=1, client="c", packet_id=None, origin=origin)


def new_hold(*subscriptions: str) -> Hold:
    hold = Hold(["application/#"], prefix_matches)
    hold.connected(known=False)
    for topic_filter in subscriptions:
        hold.subscribe(topic_filter)
    return hold


def sent(hold: Hold) -> list[tuple[str, bool, int]]:
    found = []
    while step := hold.next():
        found.append((step[0].data.decode(), step[1], step[0].sent_as))
    return found


def test_messages_leave_in_the_order_they_came() -> None:
    hold = new_hold("application/#")
    for number in range(5):
        hold.take(message(str(number)))
    assert [text for text, _, _ in sent(hold)] == ["0", "1", "2", "3", "4"]


def test_no_more_than_a_window_is_in_flight() -> None:
    hold = new_hold("application/#")
    for number in range(WINDOW + 10):
        hold.take(message(str(number)))
    first = sent(hold)
    assert len(first) == WINDOW
    hold.committed(first[0][2])
    assert [text for text, _, _ in sent(hold)] == [str(WINDOW)]


def test_a_message_is_released_once_however_often_it_is_acknowledged() -> None:
    hold, publisher = new_hold("application/#"), Publisher()
    hold.take(message("1", publisher))
    number = sent(hold)[0][2]
    hold.committed(number)
    hold.committed(number)
    assert publisher.released == ["1"]
    assert len(hold) == 0


def test_a_known_ingest_gets_the_unacknowledged_again_under_the_same_numbers() -> None:
    hold = new_hold("application/#")
    for number in range(3):
        hold.take(message(str(number)))
    before = sent(hold)
    hold.committed(before[1][2])
    hold.connected(known=True)
    again = [(text, True, number) for text, _, number in before if text != "1"]
    assert sent(hold) == again


def test_an_ingest_that_forgot_its_session_gets_everything_once_it_subscribes() -> None:
    hold = new_hold("application/#")
    for number in range(3):
        hold.take(message(str(number)))
    sent(hold)
    hold.connected(known=False)
    assert sent(hold) == []
    hold.subscribe("application/#")
    assert [(text, again) for text, again, _ in sent(hold)] == [
        ("0", False),
        ("1", False),
        ("2", False),
    ]


def test_what_ingest_does_not_want_does_not_stand_in_the_way() -> None:
    hold = Hold(["application/#", "v3/#"], prefix_matches)
    hold.subscribe("v3/#")
    hold.take(message("unwanted"))
    hold.take(message("wanted", topic="v3/x"))
    assert [text for text, _, _ in sent(hold)] == ["wanted"]
    assert len(hold) == 2


def test_the_oldest_orphans_give_way_when_they_are_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hold_module, "MOST_ORPHANS", 3)
    hold, publisher = new_hold(), Publisher()
    hold.take(message("owed", publisher))
    for number in range(5):
        hold.take(message(str(number)))
    hold.subscribe("application/#")
    assert [text for text, _, _ in sent(hold)] == ["owed", "2", "3", "4"]


def test_whatever_happens_everything_owed_is_released_in_the_end() -> None:
    """Random lives of ingest; an own count says what must come out."""
    dice = random.Random(4711)
    hold, publisher, flight = new_hold("application/#"), Publisher(), set[int]()
    for number in range(2000):
        hold.take(message(str(number), publisher))
        flight |= {sent_as for _, _, sent_as in sent(hold)}
        if dice.random() < 0.05:
            known = dice.random() < 0.5
            hold.connected(known)
            if not known:
                flight.clear()
                hold.subscribe("application/#")
        while flight and dice.random() < 0.6:
            hold.committed(flight.pop())
    while len(hold):
        for _, _, sent_as in sent(hold):
            flight.add(sent_as)
        hold.committed(flight.pop())
    assert sorted(publisher.released, key=int) == [str(number) for number in range(2000)]
