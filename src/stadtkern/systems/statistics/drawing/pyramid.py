"""A population pyramid: age classes upwards, men to the left, women to the right.

Classes are of different width, so the length of a bar is people in a year of age and its height
the width of the class: its area is the number of people.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from stadtkern.kernel.ui.numbers import figure
from stadtkern.kernel.ui.shapes import Scale, nice
from stadtkern.systems.statistics.drawing.marks import Drawing, Key
from stadtkern.systems.statistics.logic.cube import Cube, Shown
from stadtkern.systems.statistics.models import Item
from stadtkern.systems.statistics.signs import MISSING

WIDTH, HEIGHT, TOP, BOTTOM, MIDDLE, HALF = 540.0, 470.0, 20.0, 420.0, 270.0, 255.0
# An open class at the top has no width; it is drawn as if it had this one.
OPEN = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """An age class with its men and women."""

    age: Item
    men: Shown
    women: Shown

    @property
    def years(self) -> int:
        """How many years of age it spans."""
        low = self.age.low or 0
        return OPEN if self.age.high is None else self.age.high - low + 1


def possible(cube: Cube) -> bool:
    """Whether a table has ages and both sexes."""
    sex, age = cube.of_kind("sex"), cube.of_kind("age")
    codes = {one.code for one in cube.items[sex.slug]} if sex else set()
    return age is not None and {"m", "w"} <= codes


def bars(cube: Cube, picked: dict[str, Item]) -> dict[int, list[Bar]]:
    """The age classes that no other class covers, from young to old, by the id of the date.

    All dates are read at once; without dates there is the number 0.
    """
    age, sex, time = cube.of_kind("age"), cube.of_kind("sex"), cube.of_kind("time")
    if age is None or sex is None:
        return {}
    years: list[Item | None] = list(cube.items[time.slug]) if time else [None]
    ages = _classes([one for one in cube.items[age.slug] if one.low is not None])
    sexes = {one.code: one for one in cube.items[sex.slug]}
    wanted = {slug: [item.pk] for slug, item in picked.items()}
    wanted[age.slug] = [one.pk for one in ages]
    wanted[sex.slug] = [sexes["m"].pk, sexes["w"].pk]
    if time:
        wanted[time.slug] = [one.pk for one in years if one]
    found = cube.cells(wanted)

    def cell(one: Item, code: str, year: Item | None) -> Shown:
        own = {**picked, age.slug: one, sex.slug: sexes[code]}
        if time and year:
            own[time.slug] = year
        key = tuple(own[dim.slug].pk for dim in cube.dims)
        return found.get(key, Shown(value=None, sign=MISSING))

    return {
        year.pk if year else 0: [
            Bar(age=one, men=cell(one, "m", year), women=cell(one, "w", year)) for one in ages
        ]
        for year in years
    }


def widest(found: Iterable[Bar]) -> float:
    """The longest bar of all, so that the scale stands still while the year moves."""
    return max((_rate(b, c) or 0 for b in found for c in (b.men, b.women)), default=0)


def _classes(ages: Sequence[Item]) -> list[Item]:
    """The narrowest that lie beside each other."""
    kept: list[Item] = []
    for one in sorted(ages, key=lambda a: (a.low or 0, a.high is None, a.high or 0)):
        if not kept or (kept[-1].high is not None and (one.low or 0) > kept[-1].high):
            kept.append(one)
    return kept


def draw(found: Sequence[Bar], most: float = 0) -> Drawing | None:
    """The pyramid; `most` people in a year of age make a full bar, so that years compare."""
    rates = [r for one in found for r in (_rate(one, one.men), _rate(one, one.women)) if r]
    if not rates:
        return None
    levels = nice(0, max(most, *rates))
    end = max((one.age.low or 0) + one.years for one in found)
    y = Scale(low=0, high=end, start=BOTTOM, end=TOP)
    x = Scale(low=0, high=levels[-1], start=0, end=HALF - 24)
    drawing = Drawing(
        width=WIDTH, height=HEIGHT, summary=_summary(found), note=_note(found),
        keys=[Key(look="fill s1", text=_("men")), Key(look="fill s2", text=_("women"))],
    )  # fmt: skip
    _axes(drawing, levels, x, y, found)
    for one in found:
        _pair(drawing, one, x, y)
    return drawing


def _rate(one: Bar, cell: Shown) -> float | None:
    return None if cell.value is None else float(cell.value) / one.years


def _pair(drawing: Drawing, one: Bar, x: Scale, y: Scale) -> None:
    low = one.age.low or 0
    top, high = y.at(low + one.years), y.at(low) - y.at(low + one.years)
    for cell, look, left, word in (
        (one.men, "s1", True, _("men")), (one.women, "s2", False, _("women")),
    ):  # fmt: skip
        rate = _rate(one, cell)
        if rate is None:
            spot = MIDDLE - 30 if left else MIDDLE + 30
            drawing.word(spot, top + high / 2 + 5, cell.sign)
            continue
        wide = x.at(rate)
        start = MIDDLE - 24 - wide if left else MIDDLE + 24
        said = f"{one.age.name}, {word}: {figure(cell.value)}"
        open_end = " open" if one.age.high is None else ""
        drawing.bar(start, top + 0.5, wide, high - 1, f"fill {look}{open_end}", said)


def _axes(
    drawing: Drawing, levels: Sequence[float], x: Scale, y: Scale, found: Sequence[Bar]
) -> None:
    for level in levels:
        for side in (-1, 1):
            spot = MIDDLE + side * (24 + x.at(level))
            drawing.line(spot, TOP, spot, BOTTOM, "zero" if level == 0 else "grid")
            if level:
                drawing.word(spot, BOTTOM + 20, figure(level), look="small")
    lows = [one.age.low or 0 for one in found]
    last = -99.0
    for low in lows:
        spot = y.at(low)
        if abs(spot - last) > 14:
            drawing.word(MIDDLE, spot + 4, str(low), look="small")
            last = spot
    drawing.word(MIDDLE, BOTTOM + 44, _("People in a year of age; in the middle: age in years"))


def _summary(found: Sequence[Bar]) -> str:
    men = sum(one.men.value or 0 for one in found)
    women = sum(one.women.value or 0 for one in found)
    rates = [((_rate(b, b.men) or 0) + (_rate(b, b.women) or 0), b.age.name) for b in found
             if b.age.high is not None]  # fmt: skip
    words = _("%(men)s men and %(women)s women. Most people in a year of age: %(age)s.")
    strongest = max(rates, default=(0, ""))[1]
    return words % {"men": figure(men), "women": figure(women), "age": strongest}


def _note(found: Sequence[Bar]) -> str:
    if not any(one.age.high is None for one in found):
        return ""
    words = _("The oldest class is open; it is drawn as if it spanned %(years)d years.")
    return words % {"years": OPEN}
