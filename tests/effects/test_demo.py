"""The demo's measures: invented and labelled so, over real counts, with the effect that is planted."""

from math import log

import pytest

from stadtkern.kernel.effects.models import Analysis, Intervention
from stadtkern.kernel.things.models import Datastream
from stadtkern.site.demo_city import measures


@pytest.fixture
def loaded(db, monkeypatch):
    told = []
    monkeypatch.setattr(
        "stadtkern.kernel.jobs.tasks.perform.defer", lambda **what: told.append(what["number"])
    )
    measures.load_measures()
    measures.load_measures()
    return told


def test_the_demo_shows_what_was_planted_and_nothing_where_nothing_was(loaded, client):
    assert len(loaded) == Intervention.objects.count() == 4
    for number in loaded:
        measures.reckon(number)
    found = {one.intervention.slug: one for one in Analysis.objects.select_related("intervention")}
    planted = found["fahrradstrasse-am-schloss"]
    assert planted.verdict == "effect"
    assert planted.result["low"] < log(1.2) < planted.result["high"]
    assert found["fahrradbuegel-hoelkeskampring"].verdict == "none"
    assert found["lastenrad-verleih-sodingen"].verdict == "unclear"
    assert found["radweg-crange"].published is None
    text = client.get("/dashboard/effects/").content.decode()
    assert text.count("Für die Vorführung erfunden.") == 4


def test_every_count_names_its_counter_and_what_was_changed(loaded):
    streams = Datastream.objects.filter(observed_property__slug="bicycles_a_day")
    assert len(streams) == 7
    assert all("Stadt Münster" in one.source and one.licence == "dl-de/by-2-0" for one in streams)
    assert sum("um 20 % erhöht" in one.source for one in streams) == 1
    assert all(one.thing.place.invented for one in streams.select_related("thing__place"))
