"""Boards as pictures: the lamps of a letter, one by one."""

import re

from django.utils.translation import override

from stadtkern.systems.parking.logic.boards import font
from stadtkern.systems.parking.logic.boards.drawing import draw
from stadtkern.systems.parking.logic.boards.faces import ARROWS, Face, Line


def lamps(path):
    """The lit points of a path."""
    lit = set()
    for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)\.1", path):
        lit |= {(int(x) + i, int(y)) for i in range(int(run) + 1)}
    return lit


def picture(text, arrow=""):
    drawing = draw(Face(lines=(Line(text=text, arrow=arrow),)), 1, 1)
    lit = lamps(drawing.path)
    return ["".join("#" if (x, y) in lit else "." for x in range(2, 7)) for y in range(2, 9)]


def test_a_letter_is_drawn_lamp_by_lamp():
    assert picture("R") == ["####.", "#...#", "#...#", "####.", "#.#..", "#..#.", "#...#"]
    assert picture("ü") == [".#.#.", ".....", "#...#", "#...#", "#...#", "#..##", ".##.#"]
    assert picture("€") == picture("?")
    assert lamps(draw(Face(lines=(Line(text=" "),)), 1, 1).path) == set()


def test_every_arrow_is_another_and_opposite_ones_are_turned_over():
    drawn = {name: tuple(font.arrow(name)) for name in ARROWS if name}
    assert len(set(drawn.values())) == len(drawn) == 8
    assert drawn["back"] == drawn["ahead"][::-1]
    assert all(len(font.letter(sign)) == font.ROWS for sign in font.LETTERS)
    assert all(row < 32 for sign in font.LETTERS for row in font.letter(sign))


def test_a_picture_is_read_out_and_a_silent_board_is_dark():
    with override("de"):
        face = Face(lines=(Line(text="Bahnhof     42", arrow="left"), Line(text="")), brightness=30)
        drawing = draw(face, 16, 3)
        assert drawing.words == "Bahnhof 42 (nach links)"
        assert drawing.dim
        assert draw(None, 16, 3).words == "Die Tafel hat nicht gemeldet, was sie zeigt."
        assert draw(None, 16, 3).path == ""
        assert (drawing.width, drawing.height) == (108, 29)
