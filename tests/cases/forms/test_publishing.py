"""Versions of a form: what is published never changes, and a running case keeps what it had."""

from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from cases.forms.a_form import FORM, form
from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.cases.forms import bringing, publish
from stadtkern.kernel.cases.forms.definition import read, write
from stadtkern.kernel.cases.forms.publish import NotPublished
from stadtkern.kernel.cases.models import FormVersion
from stadtkern.kernel.people.models import Account, Department


@pytest.fixture
def office(db):
    return Department.objects.create(slug="ordnung", title="Ordnung")


@pytest.fixture
def live(office):
    return publish.load("hund", FORM, service=None, department=office)


def refuses(do):
    with pytest.raises(IntegrityError), transaction.atomic():
        do()
    return True


def states(form):
    return dict(form.versions.values_list("number", "state"))


def test_loading_a_form_twice_is_one_version(office, live):
    again = publish.load("hund", FORM, service=None, department=office)
    assert again == live
    assert states(live.form) == {1: "published"}


def test_a_changed_form_that_comes_with_a_system_is_a_new_version(office, live):
    publish.load("hund", {**FORM, "work_days": 3}, service=None, department=office)
    assert states(live.form) == {1: "retired", 2: "published"}


def test_what_staff_published_is_not_replaced_by_what_comes_with_a_system(office, live):
    clerk = Account.objects.create(username="clerk")
    draft = publish.draft_of(live.form, clerk)
    publish.publish(draft, clerk, why="ours")
    after = publish.load("hund", {**FORM, "work_days": 3}, service=None, department=office)
    assert (after.number, after.note) == (2, "ours")


def test_there_is_one_draft_and_it_begins_as_the_newest_version(live):
    first = publish.draft_of(live.form, None)
    assert publish.draft_of(live.form, None) == first
    assert (first.number, first.definition) == (2, live.definition)
    assert refuses(lambda: FormVersion.objects.create(form=live.form, number=9))


def test_publishing_retires_the_version_before_and_is_on_record(live):
    draft = publish.draft_of(live.form, None)
    draft.definition = write(form(title={"de": "Hund", "en": "Dog"}))
    draft.save()
    publish.publish(draft, "system", why="shorter")
    assert states(live.form) == {1: "retired", 2: "published"}
    live.form.refresh_from_db()
    assert (live.form.title, live.form.title_en) == ("Hund", "Dog")
    assert publish.published("hund").note == "shorter"
    assert Entry.objects.filter(verb="forms.publish").latest("id").details == {"version": 2}
    with pytest.raises(NotPublished):
        publish.publish(draft, "system")


@pytest.mark.parametrize("change", [
    {"definition": {}}, {"number": 7}, {"schema_uri": "x"}, {"schema_source": "x"},
    {"state": "draft"}, {"published": None, "state": "draft"},
])  # fmt: skip
def test_the_database_keeps_a_published_version_as_it_is(live, change):
    rows = FormVersion.objects.filter(pk=live.pk)
    assert refuses(lambda: rows.update(**change))
    assert refuses(rows.delete)
    rows.update(note="a note is no part of it")


def test_a_retired_version_stays_retired(live):
    publish.publish(publish.draft_of(live.form, None), "system")
    rows = FormVersion.objects.filter(number=1)
    assert refuses(lambda: rows.update(state="draft"))
    assert refuses(lambda: rows.update(definition={}))


def test_a_draft_can_be_thrown_away_but_not_the_only_version(office, live):
    clerk = Account.objects.create(username="clerk")
    publish.draft_of(live.form, clerk)
    assert publish.drop_draft(live.form, clerk)
    assert not publish.drop_draft(live.form, clerk)
    assert states(live.form) == {1: "published"}


def test_a_broken_draft_is_not_published(live):
    draft = publish.draft_of(live.form, None)
    draft.definition = {"title": {"de": "x"}}
    draft.save()
    with pytest.raises(publish.door.FormProblem):
        publish.publish(draft, "system")
    assert states(live.form) == {1: "published", 2: "draft"}
    assert read(publish.published("hund").definition) == form()


def test_a_data_schema_becomes_a_draft_and_is_kept_word_by_word(office, live):
    content = (Path(__file__).parent / "data" / "hund-v2.xml").read_bytes()
    version, taken = bringing.into("hund", content)
    assert (version.state, version.number, version.schema_uri) == ("draft", 2, "S99000001V1.2")
    assert version.schema_source.encode() == content
    assert read(version.definition) == taken.definition
    again, _taken = bringing.into("hund", content)
    assert again == version
    with pytest.raises(bringing.NoHome):
        bringing.into("katze", content)
    made, _taken = bringing.into("katze", content, department=office.slug)
    assert made.form.title == "Anmeldung eines Hundes"
    assert publish.published("katze") is None
