"""The benchmark in small: known effects in real data are found, and none where none was planted."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))
from benchmarks import effects

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def found():
    return [effects.outcome(one) for one in effects.cases(every=90, planted=(0.0, 0.2))]


def test_the_table_of_placebos_holds(found):
    said = effects.told(found)
    none, planted = ([one for one in said if one.share == share] for share in (0.0, 0.2))
    assert len(said) > 0.6 * len(found)
    assert effects.alarms(none) <= 0.08
    assert effects.hits(planted) >= 0.55
    inside = effects.coverage(said, "combined")
    assert inside is not None
    assert inside >= 0.9


def test_our_result_errs_less_than_each_of_its_parts_and_far_less_than_before_and_after(found):
    said = effects.told(found)
    own = effects.rmse(said, "combined")
    assert own < min(effects.rmse(said, slug) for slug in ("difference", "synthetic"))
    assert own < 0.5 * effects.rmse(said, "before_after")
