"""New observations wake the rules that watch them, and no others."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from stadtkern.kernel.alerts import listen, round
from stadtkern.kernel.alerts.models import Alert
from stadtkern.kernel.events import ObservationsStored
from stadtkern.kernel.things import store

from .conftest import START

pytestmark = pytest.mark.django_db


def stored(stream, value=60.0):
    store.write(
        [store.Observation(datastream=stream.pk, at=START, value=value)], kinds={"test.probe"}
    )


def asked():
    return ProcrastinateJob.objects.filter(args__call=listen.PROMPT).count()


def test_an_observation_under_a_rule_asks_for_a_round_and_one_without_does_not(town, rule):
    watched = town.stream()
    other = town.stream(prop=type(town.pm10).objects.create(slug="humidity", name="Feuchte"))
    rule(condition={"high": 50}, observed_property=town.pm10)
    stored(other)
    assert asked() == 0
    stored(watched)
    stored(watched)
    assert asked() == 1  # not for each message
    round.prompt(ObservationsStored(datastreams=(), kinds=()))
    assert [a.state for a in Alert.objects.all()] == ["firing"]


def test_a_round_may_run_twice_and_says_what_it_did(town, rule, time):
    town.device(clock_offset=900.0)
    rule("clock", "device", addresses=["a@b.example"])
    assert round.run() == "1 alerts moved, 0 grouped, 1 messages made"
    assert round.run() == "0 alerts moved, 0 grouped, 0 messages made"
    assert ProcrastinateJob.objects.filter(args__job="kernel.messages").count() == 1
