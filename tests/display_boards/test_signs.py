"""What other programs read of the boards, and who is told when one has failed."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from stadtkern.kernel.alerts import round as alert_round
from stadtkern.kernel.alerts.models import Alert, Rule
from stadtkern.kernel.feeds import records
from stadtkern.kernel.feeds.signs import Panel
from stadtkern.kernel.people import roles
from stadtkern.kernel.people.models import Account
from stadtkern.systems.parking.logic.boards import overrides, watch
from stadtkern.systems.parking.logic.boards import round as rounds
from stadtkern.systems.parking.models import Board

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture
def at():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def minutes(at, count):
    for _ in range(count):
        at.shift(timedelta(minutes=1))
        rounds.run()


def test_signs_tell_what_boards_show_and_since_when(at, car_park, facts, board, http_lamps):
    lamps, address = http_lamps
    made = board("http", address, facts)
    assert [(one.state, one.panels, one.updated) for one in records("signs")] == [
        ("unknown", (), None)
    ]
    car_park.count(3)
    rounds.run()
    minutes(at, 2)
    (sign,) = records("signs")
    assert sign.panels[0] == Panel(
        text="Bahnhof        7", wanted="Bahnhof        7", arrow="ahead", lit=True,
        target=f"parking-{facts.uid}",
    )  # fmt: skip
    assert (sign.state, sign.since, sign.updated) == ("working", NOW, NOW + timedelta(minutes=2))
    assert (sign.bearing, sign.width, sign.fault) == (0, 16, "")
    overrides.put(made, ["Gesperrt"], why="Baustelle", until=NOW + timedelta(hours=1),
                  who=Account.objects.create_user("wärterin"))  # fmt: skip
    rounds.run()
    (sign,) = records("signs")
    assert (sign.panels[0].text, sign.panels[0].target) == ("Gesperrt", "")
    lamps.switch("wrong")
    lamps.switch("cable")
    minutes(at, 1)
    (sign,) = records("signs")
    assert (sign.state, sign.fault) == ("silent", "antwortet nicht")
    assert sign.panels[0].text == "Gesperrt", "what it told last, with the time that it did"
    assert sign.updated == NOW + timedelta(minutes=2)
    Board.objects.update(on=False)
    assert [one.state for one in records("signs")] == ["off"]


def test_the_technicians_are_told_of_a_board_that_has_failed_and_that_it_works_again(
    at, car_park, facts, board, http_lamps
):
    roles.sync()
    assert [watch.ensure(), watch.ensure()] == [True, False]
    rule = Rule.objects.get(slug=watch.SLUG)
    assert {one.slug for one in rule.roles.all()} == set(watch.ROLES)
    lamps, address = http_lamps
    board("http", address, facts)
    car_park.count(3)
    rounds.run()
    alert_round.run()
    lamps.switch("cable")
    minutes(at, 2)
    alert_round.run()
    assert not Alert.objects.exists(), "a lost packet is no broken board"
    minutes(at, 4)
    alert_round.run()
    alert = Alert.objects.get()
    assert (alert.rule, alert.state) == (rule, "firing")
    lamps.switch("cable")
    minutes(at, 5)
    alert_round.run()
    alert.refresh_from_db()
    assert alert.state == "resolved"
    rule.on = False
    rule.save()
    watch.ensure()
    assert not Rule.objects.get(slug=watch.SLUG).on, "what the city switched off stays off"
