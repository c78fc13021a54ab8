"""What a city chooses: retained values, guests, another broker."""

from pathlib import Path
from typing import Any

import pytest
from sensorthings.mqtt_town import ACCOUNTS, embedded, eventually, with_mosquitto

from stadtkern.site.tree.mosquitto import find_mosquitto

Api = Any


def observe(api: Api, stream: int, *results: Any) -> list[int]:
    return [api.make(f"/Datastreams({stream})/Observations", {"result": one}) for one in results]


def test_late_comers_get_the_newest_where_the_city_wants_that(
    api: Api, key: str, stream: int, tmp_path: Path
) -> None:
    topic = f"v1.1/Datastreams({stream})/Observations"
    _, newest = observe(api, stream, 1, 2)
    api.make(topic.removeprefix("v1.1"), {"result": 0, "phenomenonTime": "2020-01-01T00:00:00Z"})
    with embedded(tmp_path, retain=True) as town:
        first = town.program(key)
        first.subscribe(topic)
        message = first.heard.get(timeout=30)
        assert message.retain
        assert eventually(lambda: first.heard.empty())
        second = town.program(key)
        second.subscribe(topic)
        assert second.next() == (topic, api.get(f"/Observations({newest})"))
        (latest,) = observe(api, stream, 3)
        assert first.next() == second.next()
        third = town.program(key)
        third.subscribe(topic)
        assert third.next() == (topic, api.get(f"/Observations({latest})"))
        assert third.nothing(0.2)


def test_anybody_may_listen_where_the_city_wants_that(
    api: Api, stream: int, tmp_path: Path
) -> None:
    with embedded(tmp_path, anonymous=True) as town:
        guest = town.program(None, None)
        assert guest.subscribe("v1.1/Observations?$select=result") == [1]
        assert guest.subscribe("application/#") == [128]
        api.make(f"/Datastreams({stream})/Observations", {"result": 1})
        assert guest.next()[1] == {"result": 1}
        guest.post(f"v1.1/Datastreams({stream})/Observations", {"result": 2})
        assert guest.gone.get(timeout=30)
        assert [
            one["result"] for one in api.get(f"/Datastreams({stream})/Observations")["value"]
        ] == [1]


@pytest.mark.skipif(find_mosquitto() is None, reason="Mosquitto is not installed")
def test_mosquitto_has_a_fixed_set_of_topics_and_takes_what_is_posted(
    api: Api, stream: int, tmp_path: Path
) -> None:
    observations = f"v1.1/Datastreams({stream})/Observations"
    first = api.make(f"/Datastreams({stream})/Observations", {"result": 1})  # makes its feature
    assert api.ask("DELETE", f"/Observations({first})").status == 200
    with with_mosquitto(tmp_path, retain=True) as town:
        guest = town.program(None, None)
        guest.subscribe("v1.1/#")
        server = town.program(ACCOUNTS["network-server"], "network-server")
        server.post(observations, {"result": 7})
        heard = [guest.next() for _ in range(3)]
        (made,) = api.get(f"/Datastreams({stream})/Observations")["value"]
        assert sorted(heard, key=str) == sorted(
            [
                (observations, {"result": 7}),  # Mosquitto hands it to everybody as it came
                (observations, made),
                ("v1.1/Observations", made),
            ],
            key=str,
        )
        assert api.ask("PATCH", f"/Datastreams({stream})", {"name": "T"}).status == 200
        shown = api.get(f"/Datastreams({stream})")
        assert dict(guest.next() for _ in range(3)) == {
            "v1.1/Datastreams": shown,
            f"v1.1/Datastreams({stream})": shown,
            f"v1.1/Datastreams({stream})/name": {"name": "T"},
        }
        assert guest.nothing()
        late = town.program(None, None)
        late.subscribe(observations)
        assert late.next() == (observations, made)
        assert town.posted.totals == {"created": 1, "known": 0, "refused": 0}
