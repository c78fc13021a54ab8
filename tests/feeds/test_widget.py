"""The frame for other websites, its code, and the page that names all formats."""

import pytest

from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things import store
from stadtkern.systems.parking import logic
from stadtkern.systems.parking.bays import COUNT, SITE
from stadtkern.systems.parking.models import Site
from tests.feeds.facilities import MEASURED


@pytest.fixture
def car_parks(db, clock):
    made = []
    for name, free in (("Haus A", 21), ("Haus B", 33)):
        place = Place.objects.create(kind=SITE, name=name, geometry=point(7.2, 51.54))
        Site.objects.create(place=place, uid=name[-1].lower(), counting="reported", capacity=50,
                            source="Betreiber", licence="CC0")  # fmt: skip
        stream = logic.count_stream(place)
        row = store.Observation(datastream=stream.pk, at=MEASURED, value=float(free))
        store.write([row], kinds=(COUNT,))
        made.append(place)
    return made


def test_any_website_may_frame_it_and_it_says_what_is_free(client, car_parks):
    answer = client.get("/parken/widget/")
    page = answer.content.decode()
    assert "frame-ancestors *" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer
    assert not answer.cookies
    for word in ("Haus A", "21", "Haus B", "33", "von 50 frei", "Betreiber (CC0)"):
        assert word in page
    english = client.get("/en/parking/widget/").content.decode()
    assert "of 50 free" in english


def test_it_shows_those_that_are_chosen_and_minds_no_nonsense(client, car_parks):
    one = f"/parken/widget/rows/?site={car_parks[0].public_id}&site=nonsense"
    page = client.get(one).content.decode()
    assert "Haus A" in page
    assert "Haus B" not in page
    code = client.get(f"/parken/widget/code/?site={car_parks[0].public_id}").content.decode()
    assert f"/parken/widget/?site={car_parks[0].public_id}" in code
    assert "&lt;iframe" in code


def test_the_page_for_programs_names_every_format(client, car_parks):
    page = client.get("/api/").content.decode()
    for address in ("/api/parkapi/v1", "/api/datex2/v2/parking-table", "/api/siri-fm"):
        assert f'href="{address}"' in page
    told = client.get("/api/feeds/openapi.json").json()
    assert set(told["paths"]) == {one["url"].removeprefix("http://testserver")
                                  for one in client.get("/api/feeds").json()["feeds"]}  # fmt: skip
