"""What systems declare as personal data is erased when its time is over."""

from datetime import timedelta

import pytest

from stadtkern.kernel import clock, registry
from stadtkern.kernel.audit import erasure
from stadtkern.kernel.contract import PersonalData, System

pytestmark = pytest.mark.django_db
asked: list[timedelta] = []


def erase(older_than):
    asked.append(clock.now() - older_than)
    return 3


def stumble(older_than):
    raise ValueError("not today")


def system(slug: str, *erasers: str) -> System:
    kept = tuple(
        PersonalData(model=f"{slug}.Person", purpose="x", retention=timedelta(days=9),
                     erase=f"{__name__}.{name}")
        for name in erasers
    )  # fmt: skip
    return System(slug=slug, title=slug, summary=slug, package=slug, theme="data",
                  personal_data=kept)  # fmt: skip


def test_also_systems_that_are_off_forget(monkeypatch):
    asked.clear()
    monkeypatch.setattr(registry, "installed", lambda: (system("ones", "erase"),))
    assert "ones" not in [one.slug for one in registry.active()]
    assert erasure.erase_due() == "ones ones.Person: 3"
    assert abs(asked[0] - timedelta(days=9)) < timedelta(minutes=1)


def test_one_that_fails_is_named_and_holds_up_no_other(monkeypatch):
    asked.clear()
    both = (system("ones", "stumble", "erase"), system("twos", "erase"))
    monkeypatch.setattr(registry, "installed", lambda: both)
    with pytest.raises(erasure.NotErased, match=r"ones ones\.Person: ValueError: not today"):
        erasure.erase_due()
    assert len(asked) == 2


def test_every_eraser_of_the_city_runs_on_an_empty_database():
    assert "bike_boxes" in erasure.erase_due()
