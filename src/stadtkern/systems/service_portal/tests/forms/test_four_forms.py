"""The four forms: complete in both languages, and their test cases come out as written."""

import json

import pytest

from stadtkern.kernel.cases.forms import rehearse, run
from stadtkern.kernel.cases.forms.definition import read, write
from stadtkern.kernel.cases.models import Form, FormVersion, OnlineService, Service
from stadtkern.kernel.people.models import Department
from stadtkern.systems.service_portal import demo_forms

SLUGS = tuple(demo_forms.DEPARTMENTS)


def told(slug):
    return json.loads((demo_forms.FOLDER / f"{slug}.json").read_text(encoding="utf-8"))


@pytest.fixture
def loaded(db):
    for slug in set(demo_forms.DEPARTMENTS.values()):
        Department.objects.get_or_create(slug=slug, defaults={"title": slug})
    Service.objects.get_or_create(slug=SLUGS[0], defaults={"title": "Bewohnerparkausweis"})
    return demo_forms.load()


def words_in(thing, path=""):
    if isinstance(thing, dict):
        if "de" in thing:
            yield path, thing
        else:
            for name, one in thing.items():
                yield from words_in(one, f"{path}.{name}")
    elif isinstance(thing, list):
        for at, one in enumerate(thing):
            yield from words_in(one, f"{path}[{at}]")


@pytest.mark.parametrize("slug", SLUGS)
def test_every_text_is_there_in_both_languages_without_an_exclamation_mark(slug):
    for path, words in words_in(told(slug)):
        assert words.get("de"), path
        assert words.get("en"), path
        assert "!" not in words["de"] + words["en"], path


@pytest.mark.parametrize("slug", SLUGS)
def test_a_fee_that_nobody_set_says_so(slug):
    for fee in read(told(slug)).fees:
        assert "erfunden" in fee.text["de"]
        assert "invented" in fee.text["en"]


def test_their_test_cases_come_out_as_written(loaded):
    for version in loaded:
        outcomes = rehearse.rehearse(version.form, read(version.definition))
        assert outcomes
        assert [(one.test.name, one.wrong) for one in outcomes if one.wrong] == []


def test_loading_them_twice_changes_nothing(loaded):
    before = list(FormVersion.objects.order_by("pk").values_list("pk", "state", "changed"))
    demo_forms.load()
    assert list(FormVersion.objects.order_by("pk").values_list("pk", "state", "changed")) == before
    assert Form.objects.count() == len(SLUGS)
    assert OnlineService.objects.get(state="live").form.slug == SLUGS[0]


def test_another_keeper_of_the_car_is_asked_by_e_mail(loaded):
    definition = read(told("bewohnerparkausweis"))
    vehicle = next(one for one in definition.steps if one.id == "vehicle")
    asked = {one.id for one in run.shown_fields(definition, vehicle, {"keeper": "person"})}
    assert definition.co_sign in asked
    assert definition.co_sign_name in asked
    assert definition.co_sign not in {
        one.id for one in run.shown_fields(definition, vehicle, {"keeper": "me"})
    }


@pytest.mark.parametrize("slug", SLUGS)
def test_the_editor_would_write_them_as_they_are(slug):
    assert read(write(read(told(slug)))) == read(told(slug))
