"""Numbers are written as people in the page's language write them."""

import pytest
from django.utils import translation

from stadtkern.kernel.ui.numbers import figure


@pytest.mark.parametrize(
    ("value", "decimals", "german", "english"),
    [
        (11.44, 1, "11,4", "11.4"),
        (11.45, 1, "11,5", "11.5"),
        (-3.5, 1, "−3,5", "−3.5"),
        (-0.04, 1, "0,0", "0.0"),
        (1222, 0, "1222", "1222"),
        (12345.6, 0, "12.346", "12,346"),
        ("7", 0, "7", "7"),
    ],
)
def test_a_figure_has_the_decimals_and_signs_of_its_language(value, decimals, german, english):
    with translation.override("de"):
        assert figure(value, decimals) == german
    with translation.override("en"):
        assert figure(value, decimals) == english


@pytest.mark.parametrize("nothing", [None, "", "unknown", float("nan"), float("inf")])
def test_what_is_no_number_is_a_dash(nothing):
    assert figure(nothing, 1) == "–"
