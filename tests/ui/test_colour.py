"""Whatever colour a city chooses, its pages can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stadtkern.kernel.ui import colour

ANY = st.from_regex(r"\A#[0-9a-f]{6}\Z")


def test_contrast_is_that_of_the_standard():
    assert colour.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colour.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@given(ANY)
def test_every_shade_is_readable_on_its_ground(chosen):
    shades = colour.palette(chosen)
    pairs = [
        (shades.city, colour.WHITE),
        (shades.text, shades.wash),
        (shades.dark_city, colour.DARK_CARD),
        (shades.dark_text, shades.dark_wash),
        (shades.bright, colour.INK),
    ]
    assert [pair for pair in pairs if colour.contrast(*pair) < 4.5] == []


def test_a_colour_that_is_readable_already_stays_as_it_is():
    assert colour.palette("#00705C").city == "#00705c"


def test_the_colours_are_a_small_cached_stylesheet(client):
    answer = client.get("/ui/colours.css")
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert "max-age=3600" in answer["Cache-Control"]
    assert "--city:#00705c" in answer.content.decode()
    again = client.get("/ui/colours.css", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
