"""Which connection to the broker brings what."""

from types import SimpleNamespace

import pytest

from stadtkern.kernel import registry
from stadtkern.site import mqtt

UPLINKS = "application/+/device/+/event/+"


@pytest.fixture
def city(monkeypatch):
    its = SimpleNamespace(host="h", port=1883, user="u", password_env="P", topics=[UPLINKS])
    monkeypatch.setattr(registry, "city", lambda: SimpleNamespace(mqtt=its))
    monkeypatch.delenv(mqtt.HEAR_POSTS, raising=False)
    return its


def test_with_the_embedded_broker_there_is_one_connection(city):
    assert mqtt.posts() is None
    assert mqtt.broker().live == (UPLINKS,)


def test_what_is_posted_does_not_come_between_uplinks(city, monkeypatch):
    monkeypatch.setenv(mqtt.HEAR_POSTS, "yes")
    posts = mqtt.posts()
    assert posts.topics == mqtt.POSTS
    assert posts.live == ()
    assert posts.client_id != mqtt.broker().client_id
    assert not any(topic.startswith("v1.1/") for topic in mqtt.broker().topics)


def test_a_city_with_a_broker_of_its_own_names_the_topics_itself(city):
    city.topics = [UPLINKS, "v1.1/Observations", "v1.1/+/Observations"]
    assert mqtt.broker().topics[0] == UPLINKS
    assert mqtt.broker().live == (UPLINKS,)
    assert mqtt.posts().topics == ("v1.1/Observations", "v1.1/+/Observations")
