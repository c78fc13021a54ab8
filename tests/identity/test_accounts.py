"""Accounts of citizens: made, changed, shared with nobody, taken along, closed."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from identity.conftest import PASSWORD, last_link

from stadtkern.kernel import clock, events, formguard
from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.identity import acting, hooks, upkeep
from stadtkern.kernel.identity.events import AccountClosed
from stadtkern.kernel.identity.linking import new_username
from stadtkern.kernel.identity.urls import urlpatterns
from stadtkern.kernel.people.models import Account, MailLink, Mandate, SignIn
from stadtkern.kernel.post.models import Letter

NEW = "noch ein langes Kennwort"
PAGES = {one.name: one for one in urlpatterns}
# Pages of one's own, which ask who one is.
OWN = [
    "account", "account-details", "account-email", "password", "account-security",
    "account-code-app", "account-code-app-off", "account-paper", "sessions", "account-mandates",
    "account-mandate-guardian", "account-mandate-invite", "account-mandate-confirm",
    "account-export", "account-close",
]  # fmt: skip
OPEN = ["login", "account-register", "account-reset", "account-step-up"]


def ask(client, name, email):
    with time_machine.travel(clock.now() - timedelta(seconds=30), tick=False):
        stamp = formguard.stamp()
    return client.post(reverse(name), {"email": email, "stamp": stamp})


def words(answer):
    text = re.sub(r'name="(csrfmiddlewaretoken|stamp)" value="[^"]+"', "", answer.content.decode())
    return re.sub(r"[?&]v=\w+", "", text)


def register(email="neu@example.org", **said):
    client = Client()
    ask(client, "account-register", email)
    page = last_link()
    form = {"new_password1": NEW, "new_password2": NEW, **said}
    return client, page, client.post(page, form)


def other(name="leyla"):
    return Account.objects.create_user(
        new_username(), f"{name}@example.org", PASSWORD, first_name="Leyla", last_name="Beispiel",
        email_confirmed=clock.now(),
    )  # fmt: skip


def enter(account):
    client = Client()
    client.force_login(account)
    return client


def test_an_account_is_made_by_whoever_reads_the_mail(db):
    client, page, answer = register(first_name="Neu")
    assert answer["Location"] == reverse("account")
    account = Account.objects.get()
    assert (account.email, account.first_name, account.is_staff) == (
        "neu@example.org",
        "Neu",
        False,
    )
    assert "neu" not in account.username
    assert Client().post(page, {}).status_code == 410, "the link counts once"
    assert client.get(reverse("account")).status_code == 200
    fresh = Client()
    fresh.post(reverse("login"), {"username": "Neu@Example.org", "password": NEW})
    assert fresh.get(reverse("account")).status_code == 200


def test_the_link_is_looked_at_by_programs_without_harm(db):
    client = Client()
    ask(client, "account-register", "neu@example.org")
    page = last_link()
    assert client.get(page).status_code == 200
    assert not Account.objects.exists()
    with time_machine.travel(clock.now() + timedelta(hours=25), tick=True):
        assert client.get(page).status_code == 410


@pytest.mark.parametrize("password", ["kurz", "passwordpassword", "987654321098", "q1w2e3r4t5y6"])
def test_weak_passwords_are_refused(db, password):
    _client, _page, answer = register(new_password1=password, new_password2=password)
    assert answer.status_code == 422
    assert not Account.objects.exists()


def test_without_a_password_the_next_step_is_a_passkey(db):
    _client, _page, answer = register(new_password1="", new_password2="", without="password")
    assert answer["Location"] == reverse("account-security")
    assert not Account.objects.get().has_usable_password()


@pytest.mark.parametrize("name", ["account-register", "account-reset"])
def test_nobody_learns_whether_an_account_exists(citizen, name):
    known = ask(Client(), name, "erika@example.org")
    unknown = ask(Client(), name, "niemand@example.org")
    assert (known.status_code, words(known)) == (unknown.status_code, words(unknown))


def test_whoever_has_an_account_reads_so_in_the_mail_and_gets_no_second_one(citizen):
    ask(Client(), "account-register", "Erika@Example.org")
    letter = Letter.objects.get()
    assert letter.address == "erika@example.org"
    assert "/account/new/" not in letter.text
    assert not MailLink.objects.exists()


def test_one_mailbox_gets_few_mails_and_one_address_asks_few_times(db):
    for _ in range(6):
        ask(Client(), "account-register", "voll@example.org")
    assert Letter.objects.count() == 3
    found = [ask(Client(), "account-register", f"a{n}@example.org").status_code for n in range(6)]
    assert found[-1] == 429


def test_programs_are_kept_out_of_the_form(db):
    said = {"email": "a@example.org", "website": "x", "stamp": ""}
    assert Client().post(reverse("account-register"), said).status_code == 422
    assert not Letter.objects.exists()


def test_a_new_password_by_mail_ends_all_sessions(me, citizen):
    client = Client()
    ask(client, "account-reset", "erika@example.org")
    page = last_link()
    client.post(page, {"new_password1": NEW, "new_password2": NEW})
    assert me.get(reverse("account")).status_code == 302
    assert client.get(page).status_code == 410
    assert client.post(reverse("login"), {"username": "erika@example.org", "password": NEW})[
        "Location"
    ] == reverse("account")
    assert Letter.objects.latest("id").topic == f"account:{citizen.pk}", "the owner is told"


def test_a_new_address_holds_once_its_mail_was_read_by_the_same_person(me, citizen):
    me.post(reverse("account-email"), {"email": "neu@example.org"})
    page = last_link()
    assert enter(other()).get(page).status_code == 410
    assert Account.objects.get(pk=citizen.pk).email == "erika@example.org"
    assert me.get(page).status_code == 200
    me.post(page)
    assert Account.objects.get(pk=citizen.pk).email == "neu@example.org"
    assert Letter.objects.latest("id").address == "erika@example.org", "the old one is told"


def test_an_address_that_another_account_has_is_not_taken_over(me, citizen):
    other()
    answer = me.post(reverse("account-email"), {"email": "LEYLA@example.org"})
    assert answer.status_code == 200
    assert not Letter.objects.exists()


def test_only_confirmed_addresses_sign_in(db):
    Account.objects.create_user(new_username(), "fremd@example.org", PASSWORD)
    answer = Client().post(reverse("login"), {"username": "fremd@example.org",
                                              "password": PASSWORD})  # fmt: skip
    assert answer.status_code == 200


@pytest.mark.parametrize("name", OWN)
def test_ones_own_pages_ask_who_one_is_and_open_for_everybody_who_is_somebody(db, name):
    address = reverse(name)
    assert Client().get(address)["Location"] == f"{reverse('login')}?next={address}"
    for staff in (False, True):
        person = Account.objects.create(username=f"{name}{staff}", is_staff=staff)
        answer = enter(person).get(address)
        assert answer.status_code in (200, 302)
        assert "/login/" not in answer.get("Location", "")
        if answer.status_code == 200 and "html" in answer["Content-Type"]:
            assert b'class="staff' not in answer.content, "citizens never see the staff's frame"


@pytest.mark.parametrize("name", OPEN)
def test_pages_for_strangers_open_in_both_languages(db, name):
    for prefix, language in (("", "de"), ("/en", "en")):
        answer = Client().get(f"{prefix}{reverse(name)}")
        assert answer.status_code == 200
        assert f'lang="{language}"' in answer.content.decode()


def test_every_page_names_its_audience_and_staff_pages_stay_shut_for_citizens(me):
    assert {one.callback.audience for one in PAGES.values()} == {"public"}
    assert me.get(reverse("staff")).status_code == 403


def test_a_wrong_form_says_so_in_the_title_with_links_to_the_fields(me):
    html = me.post(reverse("account-mandate-guardian"), {"name": ""}).content.decode()
    assert "<title>Fehler:" in html
    assert 'href="#id_name"' in html
    assert 'role="alert"' in html
    assert re.search(r'id="id_name"[^>]*aria-describedby|aria-describedby[^>]*id="id_name"', html)


def test_a_guardian_declares_and_acts_by_name_only(me, citizen):
    said = {"name": "Mia Muster"}
    assert me.post(reverse("account-mandate-guardian"), said).status_code == 422
    me.post(reverse("account-mandate-guardian"), {**said, "declared": "on"})
    mandate = acting.mandates(citizen)[0]
    assert acting.as_dict(mandate) == {
        "kind": "guardian", "name": "Mia Muster", "mandate": str(mandate.public_id),
    }  # fmt: skip
    assert "Mia Muster" not in str(
        Mandate.objects.values().get() | {"sealed": bytes(mandate.sealed)}
    )


def test_a_helper_acts_after_the_other_person_agreed_in_their_own_account(me, citizen):
    helped = other()
    theirs = enter(helped)
    code = me.post(reverse("account-mandate-invite"), {"kind": "helper"}).context["code"]
    assert acting.mandates(citizen) == []
    assert me.post(reverse("account-mandate-confirm"), {"code": code}).status_code == 422
    page = theirs.post(reverse("account-mandate-confirm"), {"code": code.lower()})
    assert "Erika Muster" in page.content.decode()
    assert acting.mandates(citizen) == []
    theirs.post(reverse("account-mandate-confirm"), {"code": code, "agree": "1"})
    assert [one.name for one in acting.mandates(citizen)] == ["Leyla Beispiel"]
    again = theirs.post(reverse("account-mandate-confirm"), {"code": code, "agree": "1"})
    assert again.status_code == 422
    assert "Erika Muster" in theirs.get(reverse("account-mandates")).content.decode()
    assert theirs.get(reverse("account")).wsgi_request.user == helped


def test_either_side_ends_it_and_nobody_else_does(me, citizen):
    mandate, code = acting.invite(citizen, "proxy")
    helped = other()
    acting.confirm(code, helped)
    end = reverse("account-mandate-end", args=[mandate.public_id])
    assert enter(other("dritte")).post(end).status_code == 404
    enter(helped).post(end)
    assert acting.mandates(citizen) == []
    assert me.post(end).status_code == 404


def test_a_mandate_ends_on_its_last_day(citizen):
    _mandate, code = acting.invite(citizen, "helper")
    acting.confirm(code, other(), clock.now() + timedelta(days=2))
    assert len(acting.mandates(citizen)) == 1
    with time_machine.travel(clock.now() + timedelta(days=3), tick=True):
        assert acting.mandates(citizen) == []


def test_codes_of_invitations_cannot_be_guessed_for_long(me):
    said = {"code": "XXXXX-XXXXX"}
    found = [me.post(reverse("account-mandate-confirm"), said).status_code for _ in range(6)]
    assert found == [422] * 5 + [429]


def test_the_export_has_everything_and_what_others_add(me, citizen, monkeypatch):
    monkeypatch.setattr(hooks, "_exported", [])
    hooks.export(lambda account: {"cases": [account.pk]})
    acting.declare_guardian(citizen, "Mia")
    answer = me.get(reverse("account-export"))
    said = json.loads(answer.content)
    assert said["account"]["email"] == "erika@example.org"
    assert said["acting_for"][0]["name"] == "Mia"
    assert said["cases"] == [citizen.pk]
    assert len(said["sign_ins"]) == 1
    assert "attachment" in answer["Content-Disposition"]


def test_cards_of_others_stand_on_the_account_page(me, monkeypatch):
    monkeypatch.setattr(hooks, "_shown", [])
    hooks.card(lambda request: hooks.Card(title="Meine Anträge", text="Wo sie stehen", url="/x/",
                                          count=3))  # fmt: skip
    hooks.card(lambda request: None)
    html = me.get(reverse("account")).content.decode()
    assert "Meine Anträge" in html
    assert html.count('href="/x/"') == 1


def test_closing_an_account_leaves_nothing_of_the_person(me, citizen, monkeypatch):
    told = []
    monkeypatch.setattr(events, "_heard", [told.append])
    acting.declare_guardian(citizen, "Mia")
    Client().post(reverse("login"), {"username": "erika@example.org", "password": PASSWORD})
    assert me.post(reverse("account-close"), {"password": "falsch"}).status_code == 422
    assert Account.objects.get().is_active
    me.post(reverse("account-close"), {"password": PASSWORD})
    row = Account.objects.get()
    assert not row.is_active
    assert "Erika" not in str(vars(row))
    assert "erika" not in str(vars(row))
    assert not Mandate.objects.exists()
    assert not SignIn.objects.exists()
    assert not Session.objects.exclude(pk=me.session.session_key).exists()
    assert [one for one in told if isinstance(one, AccountClosed)] == [
        AccountClosed(account=row.pk)
    ]
    again = Client().post(reverse("login"), {"username": "erika@example.org", "password": PASSWORD})
    assert again.status_code == 200
    assert Letter.objects.get().key == f"account-closed:{row.pk}"


def test_whoever_has_no_password_closes_the_account_soon_after_signing_in(citizen):
    citizen.set_unusable_password()
    citizen.save()
    client = enter(citizen)
    assert client.post(reverse("account-close")).status_code == 422
    session = client.session
    session["fresh"] = clock.now().timestamp()
    session.save()
    assert client.post(reverse("account-close")).status_code == 302
    assert not Account.objects.get().is_active


def test_a_staff_account_is_not_closed_here(db):
    person = Account.objects.create_user("amt", password=PASSWORD, is_staff=True)
    enter(person).post(reverse("account-close"), {"password": PASSWORD})
    assert Account.objects.get().is_active


def test_the_log_names_no_address_and_no_person(db):
    register(first_name="Neu", last_name="Person")
    text = str(list(Entry.objects.values()))
    assert "example.org" not in text
    assert "Person" not in text


def test_what_is_over_is_forgotten(me, citizen):
    MailLink.objects.create(digest="a", purpose="reset", until=clock.now() - timedelta(hours=1))
    SignIn.objects.create(account=citizen, begun=clock.now() - timedelta(days=91))
    acting.end(acting.declare_guardian(citizen, "Mia"), citizen)
    Mandate.objects.update(ended=clock.now() - timedelta(days=366))
    upkeep.forget()
    assert (MailLink.objects.count(), SignIn.objects.count(), Mandate.objects.count()) == (0, 1, 0)
