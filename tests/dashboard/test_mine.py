"""One's own dashboard: a link shows it, and nothing of it is kept with us."""

import pytest

from stadtkern.kernel import clock

pytestmark = pytest.mark.django_db


def test_a_link_shows_numbers_and_charts_in_its_order(client, stream, observe):
    one = stream("Rathausplatz")
    observe(one, [(clock.now(), 12.5)])
    answer = client.get("/dashboard/mine/", {"i": [f"v:s={one.pk}&range=day", f"d:{one.pk}"]})
    text = answer.content.decode()
    assert "12,5" in text
    assert text.index("<city-chart") < text.index("12,5")
    assert not answer.cookies


@pytest.mark.parametrize("item", ["x:1", "d:", "d:999999", "d:x", "t:a.b", "v:s=0", "", "v:"])
def test_links_of_others_are_not_trusted(client, item):
    assert client.get("/dashboard/mine/", {"i": item}).status_code == 200


def test_without_anything_it_says_what_can_be_pinned_and_what_to_do_without_a_script(client):
    text = client.get("/dashboard/mine/").content.decode()
    assert 'data-item="t:parking.free"' in text
    assert "<noscript>" in text
