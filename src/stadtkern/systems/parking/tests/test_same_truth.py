"""Pages, programs, boards, tile and open data tell the same number, none more than is known."""

import re
from datetime import timedelta

import pytest

from stadtkern.kernel.feeds import records
from stadtkern.kernel.places.models import Place, point
from stadtkern.systems.parking import datasets, jobs, layers, logic
from stadtkern.systems.parking.logic.boards import round as rounds
from stadtkern.systems.parking.models import Board, BoardLine

from .conftest import NOW
from .test_pages import words

pytestmark = pytest.mark.django_db
# What is told of ten bays, of which four were taken; one electric bay of two is free.
CASES = {
    "known": (6, 1, "6", "1"),
    "closed": (0, 0, "geschlossen", "geschlossen"),
    "stale": (None, None, "P+R", "P+R"),
    "too few known": (None, None, "P+R", "P+R"),
    "closed and stale": (0, 0, "geschlossen", "geschlossen"),
    "closed and too few known": (0, 0, "geschlossen", "geschlossen"),
}


@pytest.fixture(params=CASES)
def case(request, car_park, clock):
    park = car_park(10)
    for bay in (park.bays[0], park.bays[9]):
        bay.properties["audience"] = "electric"
        bay.save()
    heard = 4 if "too few" in request.param else 10
    for bay in range(heard):
        park.hear(bay, bay < 4)
    jobs.recount_all()
    facts = logic.facts_of([park.place])[park.place.pk]
    if "closed" in request.param:
        facts.closed_until, facts.closed_why = NOW + timedelta(days=1), "Baustelle"
        facts.save()
    if "stale" in request.param:
        clock.shift(timedelta(minutes=31))
    return park, facts, CASES[request.param]


def test_every_door_tells_the_same_of_a_car_park(client, case):
    park, facts, (free, electric, word, electric_word) = case
    page = f"/parken/{park.place.public_id}/"
    for address in (page, f"{page}bays/", "/parken/", "/parken/cards/", "/parken/widget/"):
        assert numbers(words(client.get(address))) <= {free}, address
    assert electric_in(words(client.get(page))) == electric

    (near,) = client.get("/api/parking/near?lat=51.5&lon=7.2&most_walk=60").json()["car_parks"]
    assert near["free"] == free
    address = "/api/parking/near?lat=51.5&lon=7.2&most_walk=60&audience=electric"
    assert client.get(address).json()["car_parks"][0]["free"] == electric
    (facility,) = records("parking")
    assert (facility.free, facility.vacant(facility.part("electric"))) == (free, electric)
    (one,) = client.get("/api/parkapi/v3/parking-sites").json()["items"]
    # A number without a time would be none (ParkAPI v3).
    assert one.get("realtime_free_capacity") == (free if facility.at else None)
    (lot,) = client.get("/api/parkapi/v1").json()["lots"]
    assert (lot.get("free"), lot["state"]) == (free, state(free, word))
    (row,) = datasets.site_rows()
    assert (row["free"], row["electric_free"]) == (free, electric)

    tile = layers.free_tile()
    assert (tile.value, tile.stale) == ("–" if free is None else str(free), free is None)
    (pin,) = layers.site_pins()
    assert pin.label == ("–" if free is None else str(free))
    assert board_of(facts) == [word, electric_word]


def state(free, word):
    return "nodata" if free is None else "closed" if word == "geschlossen" else "open"


def numbers(text):
    """Every number of free spaces of the whole car park that a page tells."""
    found = re.findall(r"(\d+) von 10 (?:Stellplätzen |Plätzen )?frei", text)
    return {int(one) for one in found}


def electric_in(text):
    (told,) = re.findall(r"für Elektroautos\s+(\S+) / 2", text)
    return None if told == "–" else int(told)


def board_of(facts):
    """What a board is to show of all bays, and of those for electric cars."""
    place = Place.objects.create(kind="parking.board", name="Tafel", geometry=point(7.2, 51.49))
    board = Board.objects.create(
        place=place, uid="tafel", protocol="http", address="http://127.0.0.1:9", low_word=""
    )
    for number, audience in enumerate(("", "electric"), start=1):
        BoardLine.objects.create(board=board, number=number, audience=audience).sites.set([facts])
    rounds.look()
    board.refresh_from_db()
    return [line["text"] for line in board.wanted["lines"]]
