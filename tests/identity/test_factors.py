"""Passkeys, code apps and codes on paper."""

import json
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from identity.authenticator import PRESENT, Authenticator
from identity.conftest import PASSWORD

from stadtkern.kernel import clock
from stadtkern.kernel.identity.factors import codes
from stadtkern.kernel.people.models import Account, CodeApp, Passkey, RecoveryCode, Role

# RFC 6238, appendix B: the secret 12345678901234567890, SHA-1; here the last six of eight digits.
VECTORS = (
    (59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"),
    (1234567890, "89005924"), (2000000000, "69279037"), (20000000000, "65353130"),
)  # fmt: skip
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def call(client, name, said=None):
    return client.post(reverse(name), json.dumps(said or {}), content_type="application/json")


def with_passkey(client, key, **more):
    options = call(client, "account-passkey-options").json()
    said = {"name": "Mein Telefon", "credential": key.make(options, **more)}
    return call(client, "account-passkey-add", said)


def sign_in_with(client, key, **more):
    options = call(client, "login-passkey-options").json()
    return call(client, "login-passkey", {"credential": key.use(options, **more), "next": ""})


def with_app(client, account):
    """Switches the app on; the secret and the codes on paper."""
    client.get(reverse("account-code-app"))
    secret = codes.secret_of(CodeApp.objects.get(account=account))
    answer = client.post(reverse("account-code-app"), {"code": pyotp.TOTP(secret).now()})
    return secret, answer.context["codes"]


def owe(account):
    client = Client()
    said = {"username": account.email, "password": PASSWORD, "next": "/account/details/"}
    answer = client.post(reverse("login"), said)
    assert answer["Location"] == reverse("login-second")
    assert client.get(reverse("account")).status_code == 302
    return client


def test_a_passkey_is_made_and_signs_in_without_a_name(me, citizen):
    key, client = Authenticator(), Client()
    assert with_passkey(me, key).json() == {"to": reverse("account-security")}
    assert sign_in_with(client, key).json() == {"to": reverse("account")}
    assert client.session["_auth_user_id"] == str(citizen.pk)
    assert Passkey.objects.get().used is not None


@pytest.mark.parametrize(
    "change",
    [{"flags": PRESENT}, {"challenge": "AAAA"}],
    ids=["without PIN or finger", "an old challenge"],
)
def test_a_passkey_that_did_not_do_what_was_asked_opens_nothing(me, change):
    key, client = Authenticator(), Client()
    with_passkey(me, key)
    assert sign_in_with(client, key, **change).status_code == 403
    assert "_auth_user_id" not in client.session


def test_a_passkey_of_another_site_or_a_copied_one_opens_nothing(me):
    key, client = Authenticator(), Client()
    with_passkey(me, key)
    key.uses = 7
    assert sign_in_with(client, key).status_code == 200
    key.uses = 3
    assert sign_in_with(Client(), key).status_code == 403
    key.uses, key.origin = 20, "https://stadt.example.evil"
    assert sign_in_with(Client(), key).status_code == 403


def test_a_challenge_is_answered_once(me):
    key, client = Authenticator(), Client()
    with_passkey(me, key)
    options = call(client, "login-passkey-options").json()
    said = {"credential": key.use(options)}
    assert call(client, "login-passkey", said).status_code == 200
    assert call(Client(), "login-passkey", said).status_code == 403
    assert call(client, "login-passkey", said).status_code == 403


def test_a_passkey_without_verification_is_not_kept(me):
    assert with_passkey(me, Authenticator(), flags=PRESENT | 0x40).status_code == 422
    assert not Passkey.objects.exists()


def test_a_passkey_is_made_only_by_somebody_who_just_signed_in(me):
    session = me.session
    session["fresh"] = 0
    session.save()
    assert call(me, "account-passkey-options").status_code == 403


def test_removing_a_passkey_needs_the_password(me):
    key = Authenticator()
    with_passkey(me, key)
    page = reverse("account-passkey-remove", args=[Passkey.objects.get().pk])
    assert me.post(page, {"password": "falsch"}).status_code == 422
    assert me.post(page, {"password": PASSWORD}).status_code == 302
    assert sign_in_with(Client(), key).status_code == 403


@pytest.mark.parametrize(("second", "code"), VECTORS)
def test_codes_are_those_of_the_standard(citizen, second, code):
    app = CodeApp(account=citizen, confirmed=clock.now())
    app.inside = {"secret": SECRET}
    app.save()
    with time_machine.travel(datetime.fromtimestamp(second, UTC), tick=False):
        assert codes.takes(citizen, code[-6:]) == "totp"
        assert codes.takes(citizen, code[-6:]) == "", "a code counts once"


def test_a_code_of_the_minute_before_last_is_too_old(citizen):
    app = CodeApp(account=citizen, confirmed=clock.now())
    app.inside = {"secret": SECRET}
    app.save()
    now = clock.now()
    totp = pyotp.TOTP(SECRET)
    assert codes.takes(citizen, totp.at(now - timedelta(seconds=60))) == ""
    assert codes.takes(citizen, totp.at(now - timedelta(seconds=30))) == "totp"


def test_with_an_app_the_password_alone_opens_nothing(me, citizen):
    secret, _paper = with_app(me, citizen)
    client = owe(citizen)
    assert client.post(reverse("login-second"), {"code": "000000"}).status_code == 422
    CodeApp.objects.update(step=0)
    answer = client.post(reverse("login-second"), {"code": pyotp.TOTP(secret).now()})
    assert answer["Location"] == "/account/details/"
    assert client.session["second_factor"] is True
    assert client.session["trust"] == 1, "a second factor proves no identity"


def test_a_code_on_paper_opens_once(me, citizen):
    _secret, paper = with_app(me, citizen)
    assert len(paper) == 10
    assert paper[0] not in str(list(RecoveryCode.objects.values()))
    for status in (302, 422):
        answer = owe(citizen).post(reverse("login-second"), {"code": paper[0].lower()})
        assert answer.status_code == status


def test_codes_cannot_be_tried_for_ever(me, citizen):
    with_app(me, citizen)
    client = owe(citizen)
    found = [client.post(reverse("login-second"), {"code": f"{n:06}"}).status_code
             for n in range(6)]  # fmt: skip
    assert found == [422] * 5 + [429]


def test_switching_the_app_off_needs_the_password(me, citizen):
    with_app(me, citizen)
    page = reverse("account-code-app-off")
    assert me.post(page, {"password": "falsch"}).status_code == 422
    assert codes.is_on(citizen)
    me.post(page, {"password": PASSWORD})
    assert not codes.is_on(citizen)
    assert not RecoveryCode.objects.exists()


def test_a_role_can_ask_for_a_second_factor(db):
    role = Role.objects.create(slug="streng", title="Streng", permissions=["jobs.see"],
                               second_factor=True)  # fmt: skip
    account = Account.objects.create_user("s", "s@example.org", PASSWORD, is_staff=True)
    account.roles.add(role)
    client = Client()
    client.post(reverse("login"), {"username": "s", "password": PASSWORD})
    assert client.get(reverse("staff-jobs"))["Location"] == reverse("account-security")
    assert client.get(reverse("staff"))["Location"] == reverse("account-security")
    with_app(client, account)
    assert client.get(reverse("staff-jobs")).status_code == 200
