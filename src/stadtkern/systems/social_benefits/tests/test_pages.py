"""The finder's pages: how they ask, and that nothing of what was said is left anywhere."""

import logging
import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.test import Client

from stadtkern.kernel import clock
from stadtkern.systems.social_benefits.logic.benefits import book

FINDER = "/sozialleistungen/finder/"
YOU = {"age": "25_limit", "work": "never", "learning": "none", "job": "none",
       "health": ["blind", "care"]}  # fmt: skip
HOUSEHOLD = {"partner": "no", "children": "no", "pregnant": "no"}
HOME = {"home": "rent", "arrears": "no", "moving": "no"}
MONEY = {"income": "not", "savings": "little", "receives": [], "debts": "no"}


def state_of(answer):
    return re.search(r'name="state" value="([^"]+)"', answer.content.decode())[1]


def asked_of(answer):
    return re.search(r'name="asked" value="([^"]*)"', answer.content.decode())[1]


def go(client, answer, step, said, **more):
    given = {"state": state_of(answer), "step": step, "asked": asked_of(answer), **said, **more}
    return client.post(FINDER, given)


def all_the_way(client):
    answer = client.get(FINDER)
    for step, said in (("step_you", YOU), ("step_household", HOUSEHOLD), ("step_home", HOME)):
        answer = go(client, answer, step, said)
        assert answer.status_code == 200, answer.content.decode()
    return go(client, answer, "step_money", MONEY)


def rows():
    return {one._meta.label: one._default_manager.count() for one in apps.get_models()}


@pytest.mark.django_db
def test_four_pages_lead_to_what_may_fit_with_reasons_and_without_amounts(client):
    answer = all_the_way(client)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Das ist keine Entscheidung." in page
    assert 'data-benefit="grundsicherung-bei-erwerbsminderung"' in page
    assert "Sie können auf Dauer nicht drei Stunden am Tag arbeiten." in page
    assert not re.search(r"\bEuro\b|€", page)
    assert page.index('"grundsicherung-bei-erwerbsminderung"') < page.index('"buergergeld"')


@pytest.mark.django_db
def test_no_row_no_session_no_cookie_and_no_log_line_holds_an_answer(client, caplog):
    before = rows()
    with caplog.at_level(logging.DEBUG):
        all_the_way(client)
    assert rows() == before
    assert "sessionid" not in client.cookies
    kept = caplog.text + "".join(one.value for one in client.cookies.values())
    for said in ("blind", "never", "25_limit", "health"):
        assert said not in kept


@pytest.mark.django_db
def test_the_hidden_state_is_sealed_and_short_lived(client, monkeypatch):
    answer = go(client, client.get(FINDER), "step_you", YOU)
    page, state = answer.content.decode(), state_of(answer)
    assert "blind" not in page.replace("blinde", "")
    assert "blind" not in state
    late_now = clock.now() + timedelta(hours=3)
    monkeypatch.setattr(clock, "now", lambda: late_now)
    late = client.post(FINDER, {"state": state, "step": "step_household", **HOUSEHOLD})
    assert late.status_code == 422
    assert "Ihre Antworten sind vergessen" in late.content.decode()


@pytest.mark.django_db
def test_answers_are_kept_by_no_cache_and_stand_in_no_address(client):
    answer = all_the_way(client)
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer.request["QUERY_STRING"] == ""


@pytest.mark.django_db
def test_what_is_missing_is_said_with_a_link_to_it_and_the_rest_stays(client):
    first = client.get(FINDER)
    answer = go(client, first, "step_you", {"age": "18_24", "learning": "study"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(r"<title>Fehler: ", page)
    for name in ("work", "job"):
        assert f'href="#id_{name}"' in page
        assert f'id="{name}-error"' in page
    assert re.search(r'value="study"[^>]* checked', page)
    assert 'href="#id_age"' not in page


@pytest.mark.django_db
def test_a_question_that_comes_up_by_an_answer_is_asked_then(client):
    answer = go(client, client.get(FINDER), "step_you", YOU)
    more = go(client, answer, "step_household", {**HOUSEHOLD, "children": "yes"})
    page = more.content.decode()
    assert "Wie alt sind die Kinder?" in page
    assert "Ihre Wohnung" not in re.search("<h1>(.*?)</h1>", page)[1]


@pytest.mark.django_db
def test_back_shows_what_was_said(client):
    answer = go(client, client.get(FINDER), "step_you", YOU)
    back = client.post(FINDER, {"state": state_of(answer), "step": "step_household", "back": "1"})
    page = back.content.decode()
    assert re.search(r'value="never"[^>]* checked', page)
    assert re.search(r'value="blind"[^>]* checked', page)


@pytest.mark.django_db
def test_a_changed_state_is_refused_and_loses_nobody(client):
    answer = go(client, client.get(FINDER), "step_you", YOU)
    bad = state_of(answer)[:-4] + "AAAA"
    assert client.post(FINDER, {"state": bad, "step": "step_home"}).status_code == 422


@pytest.mark.django_db
def test_the_list_names_every_benefit_and_searches_it(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        page = client.get("/sozialleistungen/").content.decode()
    for one in book().benefits:
        assert f"/sozialleistungen/{one.slug}/" in page
    found = client.get("/sozialleistungen/", {"q": "miete"}).content.decode()
    assert "/sozialleistungen/wohngeld/" in found
    assert "/sozialleistungen/blindengeld/" not in found


@pytest.mark.django_db
def test_a_benefit_says_what_counts_where_to_apply_and_what_is_not_confirmed(client):
    page = client.get("/sozialleistungen/wohngeld/").content.decode()
    assert "WoGG" in page
    assert "Noch von keiner Stelle bestätigt" in page
    assert client.get("/sozialleistungen/nothing/").status_code == 404
    english = client.get("/en/sozialleistungen/wohngeld/", follow=True).content.decode()
    assert "Housing benefit" in english


@pytest.mark.django_db
def test_steering_pages_are_for_staff_with_the_permission(client):
    for path in ("/staff/social_benefits/", "/staff/social_benefits/rules/",
                 "/staff/social_benefits/figures.csv"):  # fmt: skip
        assert Client().get(path).status_code == 302
