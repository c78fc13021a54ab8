"""Accounts and keys: nobody gives themselves more, and no secret is kept."""

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.people.models import Account, ApiKey, Role, digest_of

PEOPLE, KEYS = "/staff/people/", "/staff/keys/"


def everything_stored():
    """Every row of our own tables, as text."""
    return "\n".join(
        json.dumps(list(model.objects.values()), default=str)
        for model in (Account, ApiKey, Entry, apps.get_model("sessions", "Session"))
    )


@pytest.fixture
def made(as_):
    """A key and the page that shows it."""
    return as_("operator").post(
        f"{KEYS}new/",
        {
            "label": "Wetterdienst",
            "scopes": ["things:write"],
            "expires": (timezone.localdate() + timedelta(days=30)).isoformat(),
        },
    )


def test_a_key_is_shown_once_and_only_its_digest_is_stored(as_, made):
    secret, key = made.context["secret"], ApiKey.objects.get()
    assert secret in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    assert key.digest == digest_of(secret)
    assert secret not in everything_stored()
    assert secret not in as_("operator").get(KEYS).content.decode()


def test_a_key_is_made_and_revoked_in_the_open(as_, made, people):
    key = ApiKey.objects.get()
    assert list(ApiKey.objects.usable()) == [key]
    as_("operator").post(f"{KEYS}{key.pk}/revoke/")
    as_("operator").post(f"{KEYS}{key.pk}/revoke/")
    assert not ApiKey.objects.usable().exists()
    assert [e.verb for e in Entry.objects.order_by("id")] == ["keys.create", "keys.revoke"]


def test_a_key_holds_until_the_end_of_its_last_day(made):
    ends = timezone.localtime(ApiKey.objects.get().expires)
    assert ends.date() == timezone.localdate() + timedelta(days=30)
    assert (ends.hour, ends.minute) == (23, 59)


@pytest.mark.parametrize(
    "change",
    [{"label": ""}, {"scopes": ["people:rule"]}, {"scopes": []}, {"expires": "2020-01-01"}],
)
def test_a_wrong_key_is_not_made(as_, change):
    form = {"label": "X", "scopes": ["things:write"], "expires": ""}
    assert as_("operator").post(f"{KEYS}new/", {**form, **change}).status_code == 422
    assert not ApiKey.objects.exists()


def test_keys_are_found_by_their_state(as_, made):
    browser = as_("operator")
    assert len(browser.get(KEYS, {"state": "usable"}).context["shown"]) == 1
    assert len(browser.get(KEYS, {"state": "expired"}).context["shown"]) == 0
    ApiKey.objects.update(expires=timezone.now() - timedelta(days=1))
    assert len(browser.get(KEYS, {"state": "expired"}).context["shown"]) == 1


def test_a_new_account_signs_in_with_the_password_shown_once(as_, people):
    role = Role.objects.get(slug="reader")
    answer = as_("operator").post(f"{PEOPLE}new/", {"username": "neu", "roles": [role.pk]})
    secret = answer.context["secret"]
    assert secret not in everything_stored()
    browser = Client()
    browser.post(reverse("login"), {"username": "neu", "password": secret})
    assert browser.get("/staff/devices/").status_code == 200
    assert Entry.objects.get(verb="people.create").details["roles"] == ["reader"]


def test_a_user_name_is_given_once(as_, people):
    answer = as_("operator").post(f"{PEOPLE}new/", {"username": "reader"})
    assert answer.status_code == 422
    assert "username" in answer.context["form"].errors


def test_switching_an_account_off_ends_its_session_at_once(as_, people):
    browser = as_("reader")
    assert browser.get("/staff/").status_code == 200
    as_("operator").post(f"{PEOPLE}{people.reader.pk}/switch/")
    assert browser.get("/staff/").status_code == 302
    assert Entry.objects.get(verb="people.off").target == f"people.account:{people.reader.pk}"
    as_("operator").post(f"{PEOPLE}{people.reader.pk}/switch/")
    assert Account.objects.get(pk=people.reader.pk).is_active


def test_nobody_switches_themselves_off(as_, people):
    as_("operator").post(f"{PEOPLE}{people.operator.pk}/switch/")
    assert Account.objects.get(pk=people.operator.pk).is_active


def test_nobody_gives_roles_to_themselves(as_, people):
    every = list(Role.objects.values_list("pk", flat=True))
    as_("operator").post(f"{PEOPLE}{people.operator.pk}/", {"roles": every, "last_name": "Neu"})
    account = Account.objects.get(pk=people.operator.pk)
    assert [role.slug for role in account.roles.all()] == ["operator"]
    assert account.last_name == "Neu"


@pytest.mark.parametrize("end", ["", "switch/", "password/"])
def test_only_a_superuser_reaches_a_superuser(as_, people, end):
    address = f"{PEOPLE}{people.superuser.pk}/{end}"
    assert as_("operator").post(address).status_code == 403
    assert Account.objects.get(pk=people.superuser.pk).password == people.superuser.password


def test_no_form_makes_a_superuser(as_, people):
    form = {"username": "chef", "is_superuser": "on", "is_staff": "on"}
    as_("operator").post(f"{PEOPLE}new/", form)
    as_("operator").post(f"{PEOPLE}{people.reader.pk}/", form)
    assert Account.objects.filter(is_superuser=True).count() == 1


def test_roles_are_changed_and_the_log_says_from_what(as_, people):
    data = Role.objects.get(slug="data")
    as_("operator").post(f"{PEOPLE}{people.reader.pk}/", {"roles": [data.pk]})
    details = Entry.objects.get(verb="people.change").details
    assert (details["before"], details["roles"]) == (["reader"], ["data"])


def test_the_number_of_queries_does_not_grow_with_the_people(as_, people, count_queries):
    browser = as_("operator")
    few = count_queries(lambda: browser.get(PEOPLE))
    role = Role.objects.get(slug="reader")
    for n in range(30):
        Account.objects.create(username=f"p{n}").roles.add(role)
    assert count_queries(lambda: browser.get(PEOPLE)) == few
