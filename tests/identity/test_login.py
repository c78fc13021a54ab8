"""Signing in, and what happens to those who guess."""

from datetime import timedelta

import psycopg
import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.urls import reverse

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.identity import sessions
from stadtkern.kernel.people.models import Account, SignIn
from stadtkern.kernel.post.models import Letter

PASSWORD = "ein sehr langes Kennwort"


@pytest.fixture(autouse=True)
def fast_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def anna(db):
    return Account.objects.create_user("anna", password=PASSWORD, is_staff=True, language="de")


def attempt(login="anna", password="falsch", address="192.0.2.1", client=None, **more):
    return (client or Client()).post(
        reverse("login"), {"username": login, "password": password, **more}, REMOTE_ADDR=address
    )


def signed_in(answer):
    return answer.status_code == 302


def test_a_person_signs_in_and_the_log_says_so(anna):
    answer = attempt(password=PASSWORD)
    assert answer["Location"] == reverse("staff")
    assert Entry.objects.get(verb="login").actor == f"account:{anna.pk}"


def test_after_signing_in_one_is_where_one_wanted_to_go_but_never_elsewhere(anna):
    assert attempt(password=PASSWORD, next="/staff/jobs/")["Location"] == "/staff/jobs/"
    assert attempt(password=PASSWORD, next="https://evil.example/")["Location"] == reverse("staff")


def test_signing_in_leads_to_pages_in_ones_own_language(anna):
    Account.objects.update(language="en")
    assert attempt(password=PASSWORD)["Location"] == "/en/staff/"


def test_a_citizen_lands_on_the_account_page(anna):
    Account.objects.update(is_staff=False)
    assert attempt(password=PASSWORD)["Location"] == reverse("account")


def test_the_sixth_attempt_at_a_log_in_is_refused_even_with_the_right_password(anna):
    assert [attempt(address=f"192.0.2.{n}").status_code for n in range(5)] == [200] * 5
    answer = attempt(password=PASSWORD, address="192.0.2.9")
    assert answer.status_code == 429
    assert "15" in answer.content.decode()
    assert signed_in(attempt("anna2", PASSWORD)) is False


def test_after_a_quarter_of_an_hour_one_may_try_again(anna):
    with time_machine.travel(clock.now() - timedelta(minutes=16), tick=True):
        for _ in range(6):
            attempt()
    assert signed_in(attempt(password=PASSWORD))


def test_others_sign_in_while_one_log_in_is_attacked(anna):
    Account.objects.create_user("bert", password=PASSWORD)
    for n in range(6):
        attempt(address=f"192.0.2.{n}")
    assert signed_in(attempt("bert", PASSWORD))


def test_the_twentyfirst_failure_of_an_address_is_refused_whatever_the_log_in(anna):
    assert {attempt(f"name{n}").status_code for n in range(20)} == {200}
    assert attempt(password=PASSWORD).status_code == 429
    assert signed_in(attempt(password=PASSWORD, address="198.51.100.7"))


def test_a_burst_of_attempts_at_one_log_in_does_not_slip_past_the_count(anna):
    """While one attempt runs, which another connection plays here, a second one is refused."""
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("select pg_advisory_xact_lock(hashtext('attempt login:anna'))")
        assert not signed_in(attempt(password=PASSWORD))
    assert signed_in(attempt(password=PASSWORD))


def test_who_is_signed_in_goes_on_but_may_change_the_account_for_a_page(anna):
    browser = Client()
    attempt(password=PASSWORD, client=browser)
    assert browser.get(reverse("login"))["Location"] == reverse("staff")
    assert browser.get(reverse("login"), {"next": "/staff/keys/"}).status_code == 200


def test_refused_attempts_do_not_prolong_the_wait(anna):
    for _ in range(9):
        attempt()
    assert Entry.objects.filter(verb="login.failed").count() == 5


def test_what_was_typed_for_an_unknown_log_in_is_not_written_down(anna):
    attempt("mein Kennwort im falschen Feld")
    entry = Entry.objects.get(verb="login.failed")
    assert "Kennwort" not in f"{entry.actor}{entry.target}{entry.details}"


def test_known_and_unknown_log_ins_get_the_same_answer(anna):
    def text(login):
        html = attempt(login).content.decode()
        return html[html.index('role="alert"') : html.index("</form>")].replace(login, "")

    assert text("anna").split("csrf")[0] == text("xxxx").split("csrf")[0]


def test_signing_out_needs_a_post_and_ends_the_session(anna):
    browser = Client()
    attempt(password=PASSWORD, client=browser)
    assert browser.get(reverse("logout")).status_code == 405
    browser.post(reverse("logout"))
    assert isinstance(browser.get(reverse("login")).wsgi_request.user, AnonymousUser)
    assert Entry.objects.filter(verb="logout", actor=f"account:{anna.pk}").count() == 1


def test_a_new_password_ends_all_other_sessions(anna):
    here, there = Client(), Client()
    for browser in (here, there):
        attempt(password=PASSWORD, client=browser)
    new = "ein anderes langes Kennwort"
    here.post(
        reverse("password"),
        {
            "old_password": PASSWORD,
            "new_password1": new,
            "new_password2": new,
        },
    )
    assert here.get(reverse("account")).status_code == 200
    assert there.get(reverse("account")).status_code == 302


def test_signing_out_elsewhere_keeps_this_session_and_the_password(anna):
    here, there = Client(), Client()
    for browser in (here, there):
        attempt(password=PASSWORD, client=browser)
    here.post(reverse("sessions"), {"all": "1"})
    assert here.get(reverse("account")).status_code == 200
    assert there.get(reverse("account")).status_code == 302
    assert signed_in(attempt(password=PASSWORD))


def test_each_five_failures_double_the_wait_until_it_works_once(anna):
    start = clock.now()

    def fail_at(minutes, times):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=True):
            return [attempt(address=f"192.0.2.{n}").status_code for n in range(times)]

    def works_at(minutes):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=True):
            return signed_in(attempt(password=PASSWORD, address="198.51.100.1"))

    assert fail_at(0, 6) == [200] * 5 + [429]
    assert fail_at(20, 6) == [200] * 5 + [429]
    assert not works_at(45)
    assert works_at(55)
    assert fail_at(56, 4) == [200] * 4
    assert works_at(57)


def test_the_owner_hears_of_it_once_a_day_and_nobody_else_does(anna):
    Account.objects.update(email="anna@example.org")
    for n in range(8):
        attempt(address=f"192.0.2.{n}")
        attempt("nobody@example.org", address=f"192.0.2.{n}")
    assert [one.address for one in Letter.objects.all()] == ["anna@example.org"]


def test_a_stranger_gets_the_same_status_after_five_failures(anna):
    found = {login: [attempt(login, address=f"192.0.2.{n}").status_code for n in range(6)]
             for login in ("anna", "xxxx@example.org")}  # fmt: skip
    assert found["anna"] == found["xxxx@example.org"]


def test_a_session_ends_when_it_is_left_alone_or_is_old(anna):
    Account.objects.update(is_staff=False)
    start = clock.now()
    browser = Client()

    def page_at(minutes):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=True):
            return browser.get(reverse("account")).status_code

    attempt(password=PASSWORD, client=browser)
    assert page_at(25) == 200
    assert page_at(50) == 200
    assert page_at(81) == 302
    attempt(password=PASSWORD, client=browser)
    assert {page_at(minutes) for minutes in range(0, 720, 29)} == {200}
    assert page_at(725) == 302


def test_staff_work_for_eight_hours_without_a_break(anna):
    start = clock.now()
    browser = Client()
    attempt(password=PASSWORD, client=browser)
    for hours, status in ((7.9, 200), (8.1, 302)):
        with time_machine.travel(start + timedelta(hours=hours), tick=True):
            assert browser.get(reverse("account")).status_code == status


def test_the_list_names_device_and_network_but_no_full_address(anna):
    browser = Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"})
    attempt(password=PASSWORD, client=browser, address="192.0.2.77")
    html = browser.get(reverse("sessions")).content.decode()
    assert "Firefox, Linux" in html
    assert "192.0.2.0" in html
    assert "192.0.2.77" not in html


def test_one_session_is_ended_by_its_button_and_only_ones_own(anna):
    here, there, other = Client(), Client(), Client()
    Account.objects.create_user("bert", password=PASSWORD)
    for browser in (here, there):
        attempt(password=PASSWORD, client=browser)
    attempt("bert", PASSWORD, client=other)
    theirs = SignIn.objects.get(account__username="bert")
    here.post(reverse("sessions"), {"end": theirs.pk})
    assert other.get(reverse("account")).status_code == 200
    row = SignIn.objects.get(session=there.session.session_key)
    here.post(reverse("sessions"), {"end": row.pk})
    assert there.get(reverse("account")).status_code == 302
    assert here.get(reverse("account")).status_code == 200


@pytest.mark.parametrize(
    ("address", "short"),
    [("192.0.2.77", "192.0.2.0"), ("2001:db8:1:2::3", "2001:db8:1::"), ("", ""), ("x", "")],
)
def test_an_address_is_shortened_to_its_network(address, short):
    assert sessions.shortened(address) == short


def test_who_guesses_from_elsewhere_does_not_lock_the_owner_out(anna):
    owner = Client()
    assert signed_in(attempt(password=PASSWORD, client=owner))
    owner.post(reverse("logout"))
    for _ in range(6):
        attempt()
    assert attempt(password=PASSWORD).status_code == 429
    assert signed_in(attempt(password=PASSWORD, client=owner, address="192.0.2.9"))


def test_a_known_browser_may_guess_no_more_often_than_others(anna):
    thief = Client()
    attempt(password=PASSWORD, client=thief)
    thief.post(reverse("logout"))
    for _ in range(5):
        attempt(client=thief)
    assert attempt(password=PASSWORD, client=thief).status_code == 429
    # And the owner, unknown here, is not locked out by it either.
    assert signed_in(attempt(password=PASSWORD, address="192.0.2.9"))


def test_a_mark_holds_for_its_account_only_and_cannot_be_made_up(anna, settings):
    Account.objects.create_user("berta", password=PASSWORD, is_staff=True)
    browser = Client()
    attempt(password=PASSWORD, client=browser)
    mark = browser.cookies["known"]
    assert "anna" not in mark.value
    assert (mark["httponly"], mark["samesite"]) == (True, "Lax")
    for _ in range(5):
        attempt("berta")
    assert attempt("berta", PASSWORD, "192.0.2.9", browser).status_code == 429
    browser.cookies["known"] = mark.value[:-2] + "xx"
    for _ in range(5):
        attempt()
    browser.post(reverse("logout"))
    assert attempt(password=PASSWORD, client=browser, address="192.0.2.9").status_code == 429
