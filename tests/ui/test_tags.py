"""The tags say value, state and age in words, with no script and no style in the page."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django import forms
from django.core.paginator import Paginator
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test import RequestFactory

from stadtkern.kernel.contract import Reading
from stadtkern.kernel.ui.shapes import Line

NOW = datetime(2024, 11, 24, 9, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def still():
    with time_machine.travel(NOW, tick=False):
        yield


def _reading(*, age: timedelta = timedelta(seconds=40), stale: bool = False) -> Reading:
    return Reading(
        value="11,4", unit="°C", source="LANUV", at=NOW - age, stale=stale, detail="6 Stationen",
        url="/dashboard/", trend=(1, 2, 3), datastreams=(7, 9),
    )  # fmt: skip


def test_a_tile_shows_number_unit_age_source_and_where_it_leads(render):
    html = render('{% tile "Temperatur" reading %}', reading=_reading())
    for said in ("11,4", "°C", "vor 40 s", "6 Stationen", "LANUV", 'href="/dashboard/"'):
        assert said in html
    assert 'data-refresh="7,9"' in html
    assert "stale" not in html


def test_a_stale_tile_has_a_hollow_dot_and_says_from_when_it_is(render):
    html = render('{% tile "T" reading %}', reading=_reading(age=timedelta(hours=20), stale=True))
    assert 'class="dot stale"' in html
    assert "Stand gestern, 14:20" in html
    assert "vor " not in html


def test_a_tile_without_a_reading_says_that_there_is_none(render):
    html = render('{% tile "T" reading %}', reading=None)
    assert "noch keine Daten" in html
    assert "stale" in html


def test_an_age_carries_the_instant_and_the_limit_for_scripts(render):
    html = render("{% age at False limit %}", at=NOW, limit=timedelta(hours=2))
    assert 'datetime="2024-11-24T10:20:00+01:00"' in html
    assert 'data-stale-after="7200"' in html


@pytest.mark.parametrize("state", ["good", "tight", "bad", "info", "none"])
def test_each_state_has_its_own_shape_beside_the_word(render, state):
    html = render("{% state_tag state 'ein Wort' %}", state=state)
    others = {"good", "tight", "bad", "info", "none"} - {state}
    shape = html.split("<svg")[1].split(">", 1)[1]
    assert "ein Wort" in html
    assert all(
        shape != render("{% state_tag s 'ein Wort' %}", s=o).split("<svg")[1].split(">", 1)[1]
        for o in others
    )


def test_a_bar_never_shows_more_than_everything(render):
    html = render("{% bar 0.9 0.5 'x' %}")
    assert 'width="90.0%"' in html
    assert 'x2="100.0%"' in html
    assert 'x1="0"' not in render("{% bar 0.9 %}")


def test_a_bar_of_unknown_share_is_all_hatched(render):
    html = render("{% bar share %}", share=None)
    assert 'width="0.0%"' in html
    assert 'x2="100.0%"' in html


def test_text_from_outside_is_escaped(render):
    bad = "<script>alert(1)</script>"
    html = render(
        "{% tile t r %}{% state_tag 'good' t %}{% sparkline v t %}{% bar 0.5 0 t %}"
        "{% line_chart s t %}",
        t=bad, r=_reading(), v=(1, 2),
        s=[Line(name=bad, unit=bad, points=[(NOW, 1.0), (NOW, 2.0)])],
    )  # fmt: skip
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_what_a_map_wraps_is_its_list(render):
    html = render(
        '{% city_map "map" "/map/layers.json" panel="#p" %}<ul>list</ul>{% endcity_map %}'
    )
    assert html.index("<city-map") < html.index("<ul>list</ul>") < html.index("</city-map>")
    assert 'data-bounds="7.09,51.49,7.31,51.59"' in html
    assert 'data-panel="#p"' in html


def test_a_map_can_be_about_one_place(render):
    html = render('{% city_map "map" "/l" place="abc" %}here{% endcity_map %}')
    assert 'data-place="abc"' in html
    assert "data-place" not in render('{% city_map "map" "/l" %}{% endcity_map %}')


def test_a_tile_shortens_a_long_source_and_keeps_it_for_who_points_at_it(render):
    long = "A very long source, " * 8
    html = render("{% tile 'T' r %}", r=replace(_reading(), source=long))
    assert f'title="{long}"' in html
    assert f">Quelle: {long}" not in html
    assert " …</p>" in html


def test_what_a_chart_wraps_is_its_drawn_twin(render):
    html = render('{% city_chart "/api/?datastreams=1" at at %}twin{% endcity_chart %}', at=NOW)
    assert "twin</city-chart>" in html
    assert 'data-from="2024-11-24T09:20:00+00:00"' in html
    assert 'data-zone="Europe/Berlin"' in html


def test_a_page_without_datastreams_opens_no_stream(render):
    assert "city-live" not in render("{% city_live ids %}", ids=[])
    assert "?datastreams=2,3" in render("{% city_live ids %}", ids=[3, 2, 3])


def test_no_tag_writes_inline_style_or_script(render):
    html = render(
        "{% tile 'T' r %}{% bar 0.4 0.1 %}{% line_chart s %}"
        "{% city_map 'm' '/l' %}{% endcity_map %}"
        "{% city_chart '/a' %}{% endcity_chart %}{% sparkline v %}",
        r=_reading(), v=(1, 2), s=[Line(name="a", unit="", points=[(NOW, 1.0), (NOW, 2.0)])],
    )  # fmt: skip
    assert "style=" not in html
    assert not re.search(r"\son\w+=", html)
    assert html.count("<script") == html.count('<script type="module" src="') == 2


def test_a_changed_filter_keeps_the_others_and_goes_to_page_one(render):
    request = RequestFactory().get("/?state=still&page=3&q=a%26b")
    assert render("{% query_with q=None %}", request=request) == "?state=still"
    assert (
        render("{% query_with page=4 %}", request=request) == "?state=still&amp;q=a%26b&amp;page=4"
    )


def test_a_pager_links_to_other_pages_with_the_filters_kept(render):
    page = Paginator(range(300), 10).get_page(2)
    html = render("{% pager page %}", page=page, request=RequestFactory().get("/?q=a&page=2"))
    hrefs = {part.split('"')[0] for part in html.split('href="')[1:]}
    assert {"?q=a&amp;page=1", "?q=a&amp;page=3", "?q=a&amp;page=30"} <= hrefs
    assert '<span aria-current="page">2</span>' in html


def test_a_list_of_one_page_needs_no_pager(render):
    page = Paginator(range(3), 10).get_page(1)
    assert render("{% pager page %}", page=page).strip() == ""


def test_a_form_names_its_mistakes_beside_the_field():
    class Question(forms.Form):
        name = forms.CharField(label="Name", help_text="Wie im Ausweis")

    html = render_to_string("ui/parts/form.html", {"form": Question(QueryDict(""))})
    assert "Bitte prüfen Sie die markierten Felder." in html
    assert "Wie im Ausweis" in html
    assert 'aria-invalid="true"' in html
    assert "errorlist" in html
