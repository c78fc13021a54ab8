"""What identity providers say is believed only where every part of it is right."""

import base64
import re
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from identity.conftest import PASSWORD
from lxml import etree
from signxml import XMLVerifier

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.identity import attributes, hooks, stepup
from stadtkern.kernel.people.models import (
    Account,
    Identity,
    IdentityProvider,
    Mandate,
    SignIn,
    Trip,
)

FAULTS = ["unsigned", "audience", "expired", "replay", "cancel"]


def who(client):
    return Account.objects.filter(pk=client.session.get("_auth_user_id")).first()


def level(client):
    return client.session.get("trust")


@pytest.mark.parametrize(("way", "reached"), [("password", 1), ("elster", 3), ("eid", 4)])
def test_somebody_new_signs_in_with_the_bundid_at_the_level_they_chose(world, way, reached):
    client = Client()
    answer = world.sign_in(client, "bundid", "erika-mustermann", way)
    assert answer["Location"] == reverse("account")
    account = who(client)
    assert (account.first_name, account.last_name) == ("Erika", "Mustermann")
    assert level(client) == reached
    assert not account.is_staff
    assert not account.has_usable_password()
    known = attributes.of(account)
    assert known["birth_date"].value == "1964-08-12"
    assert known["street"].value == "Heidestraße 17"
    assert known["family_name"].locked is (way == "eid")


def test_the_same_pseudonym_is_the_same_account_and_the_same_mail_address_is_not(world, citizen):
    Account.objects.filter(pk=citizen.pk).update(email="erika-mustermann@example.org")
    first, second = Client(), Client()
    world.sign_in(first, "bundid", "erika-mustermann", "eid")
    world.sign_in(second, "bundid", "erika-mustermann", "password")
    assert who(first) == who(second) != citizen
    assert Identity.objects.count() == 1


def test_what_an_identity_card_proved_is_not_replaced_by_a_later_password(world):
    client = Client()
    world.sign_in(client, "bundid", "erika-mustermann", "eid")
    world.sign_in(Client(), "bundid", "erika-mustermann", "password")
    assert Identity.objects.get().level == 4
    assert attributes.of(who(client))["family_name"].locked


def test_nothing_of_a_person_stands_readable_in_the_database(world):
    world.sign_in(Client(), "bundid", "jan-probe", "eid")
    row = Identity.objects.values().get()
    assert "BPK2-TEST" not in str(row)
    assert "Testallee" not in str({**row, "sealed": bytes(row["sealed"])})


@pytest.mark.parametrize("slug", ["bundid", "organisation"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_answer_signs_nobody_in(world, slug, fault):
    person = {"bundid": "erika-mustermann", "organisation": "musterbau"}[slug]
    # An earlier answer is there to be sent again.
    world.sign_in(Client(), slug, person, "elster")
    before = Account.objects.count()
    client = Client()
    answer = world.sign_in(client, slug, person, "elster", fault)
    assert answer.status_code == 403
    assert who(client) is None
    assert Account.objects.count() == before
    said = Entry.objects.filter(verb="login.refused").latest("id").details["reason"]
    assert said == {"cancel": "cancelled"}.get(fault, fault)


@pytest.mark.parametrize("slug", ["bundid", "organisation"])
def test_a_weaker_sign_in_than_asked_for_is_refused(world, slug):
    person = {"bundid": "erika-mustermann", "organisation": "musterbau"}[slug]
    client = Client()
    answer = world.sign_in(client, slug, person, "elster", "downgrade", level="3")
    assert answer.status_code == 403
    assert who(client) is None
    assert Entry.objects.get(verb="login.refused").details == {"reason": "downgrade"}


def test_the_same_answer_twice_counts_once(world):
    client, thief = Client(), Client()
    departed = client.get(reverse("login-with", args=["bundid"]))
    answer = world.choose(client, departed, "erika-mustermann", "eid")
    assert world.back(client, answer).status_code == 302
    assert world.back(client, answer).status_code == 403
    assert world.back(thief, answer).status_code == 403
    assert who(thief) is None


def test_an_answer_helps_only_the_browser_that_asked(world):
    asked, other = Client(), Client()
    for slug, person in (("bundid", "erika-mustermann"), ("organisation", "musterbau")):
        departed = asked.get(reverse("login-with", args=[slug]))
        answer = world.choose(asked, departed, person, "eid")
        assert world.back(other, answer).status_code == 403
        assert who(other) is None


def test_a_changed_answer_is_refused(world, bundid):
    bundid.settings["encrypted"] = ""
    bundid.save()
    client = Client()
    departed = client.get(reverse("login-with", args=["bundid"]))
    answer = world.choose(client, departed, "erika-mustermann", "password")
    text = re.search(r'name="SAMLResponse" value="([^"]+)"', answer.body)[1]
    better = base64.b64decode(text).replace(b"STORK-QAA-Level-1", b"STORK-QAA-Level-4")
    path = reverse("login-saml", args=["bundid"])
    state = departed.context["departure"].fields["RelayState"]
    said = {"SAMLResponse": base64.b64encode(better).decode(), "RelayState": state}
    assert Client().post(path, said).status_code == 403


def test_more_than_the_city_believes_of_a_provider_is_not_believed(world, bundid):
    IdentityProvider.objects.filter(pk=bundid.pk).update(level=3)
    client = Client()
    world.sign_in(client, "bundid", "erika-mustermann", "eid")
    assert level(client) == 3


def test_the_request_is_signed_and_asks_as_the_bundid_wants_it(world, bundid):
    departed = Client().get(reverse("login-with", args=["bundid"]), {"level": "4"})
    said = departed.context["departure"].fields["SAMLRequest"]
    certificate = bundid.settings["our_certificate"]
    # A second implementation reads the signature.
    found = XMLVerifier().verify(base64.b64decode(said), x509_cert=certificate).signed_xml
    names = {"p": "urn:oasis:names:tc:SAML:2.0:protocol",
             "a": "urn:oasis:names:tc:SAML:2.0:assertion",
             "k": "https://www.akdb.de/request/2018/09"}  # fmt: skip

    def read(path):
        return found.xpath(path, namespaces=names)

    assert found.get("Destination") == bundid.settings["sso_url"]
    assert read("p:RequestedAuthnContext/@Comparison") == ["minimum"]
    assert read("p:RequestedAuthnContext/a:AuthnContextClassRef/text()") == ["STORK-QAA-Level-4"]
    assert read("p:Extensions/k:AuthenticationRequest/@Version") == ["2"]
    needed = read("//k:RequestedAttribute[@RequiredAttribute='true']/@Name")
    assert "urn:oid:1.3.6.1.4.1.25484.494450.3" in needed
    sent = etree.fromstring(base64.b64decode(said))
    order = ["Issuer", "Signature", "Extensions", "RequestedAuthnContext"]
    assert [etree.QName(one).localname for one in sent] == order


def test_forms_may_be_sent_to_the_provider_and_nowhere_else(world):
    answer = Client().get(reverse("login-with", args=["bundid"]))
    rule = answer["Content-Security-Policy"]
    assert "form-action 'self' http://localhost:8097;" in f"{rule};"


def test_a_company_is_acted_for_and_is_no_account(world):
    client = Client()
    world.sign_in(client, "organisation", "musterbau", "elster")
    mandate = Mandate.objects.get()
    assert (mandate.kind, mandate.name) == ("company", "Musterbau GmbH")
    assert mandate.account == who(client)
    world.sign_in(Client(), "organisation", "musterbau", "elster")
    assert Mandate.objects.count() == 1


def test_staff_come_through_their_own_door_and_must_be_known(world):
    Account.objects.create(username="amt", is_staff=True)
    client, stranger = Client(), Client()
    assert world.sign_in(client, "staff", "amt", "password")["Location"] == reverse("staff")
    assert world.sign_in(stranger, "staff", "niemand", "password").status_code == 403
    assert who(stranger) is None


def test_step_up_keeps_account_and_session_and_comes_back(world, me, citizen):
    session = me.session
    session["half_a_form"] = "Antwort"
    session.save()
    key = session.session_key
    page = me.get(reverse("account-step-up"), {"level": "4", "back": "/account/details/"})
    assert "BundID (Demo)" in page.content.decode()
    assert "Organisationskonto" not in page.content.decode()
    answer = world.sign_in(me, "bundid", "leyla-beispiel", "eid", for_="", level="4",
                           back="/account/details/", **{"for": "step_up"})  # fmt: skip
    assert answer["Location"] == "/account/details/"
    assert who(me) == citizen
    assert (level(me), me.session["half_a_form"]) == (4, "Antwort")
    assert me.session.session_key != key
    assert Client(headers={"cookie": f"sessionid={key}"}).get("/account/").status_code == 302
    straight = me.get(reverse("account-step-up"), {"level": "4", "back": "/account/details/"})
    assert straight["Location"] == "/account/details/"


def test_step_up_with_somebody_elses_identity_changes_nothing(world, me, citizen):
    world.sign_in(Client(), "bundid", "max-mustermann", "eid")
    answer = world.sign_in(me, "bundid", "max-mustermann", "eid", **{"for": "step_up"})
    assert answer.status_code == 403
    assert who(me) == citizen
    assert level(me) == 1
    assert not citizen.identities.exists()


def test_the_level_holds_for_the_session_only(world, me):
    world.sign_in(me, "bundid", "leyla-beispiel", "eid", **{"for": "step_up"})
    me.post(reverse("logout"))
    me.post(reverse("login"), {"username": "erika@example.org", "password": PASSWORD})
    assert level(me) == 1


def test_what_a_guest_had_is_there_when_others_hear_of_the_sign_in(world, monkeypatch):
    heard = []
    monkeypatch.setattr(hooks, "_entered", [])
    hooks.after_sign_in(lambda request, account: heard.append(
        (request.session.get("case"), account.pk)))  # fmt: skip
    client = Client()
    client.get(reverse("login-with", args=["bundid"]))
    session = client.session
    session["case"] = "angefangen"
    session.save()
    world.sign_in(client, "bundid", "jan-probe", "eid")
    assert heard == [("angefangen", who(client).pk)]


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:1", "x"])
def test_no_way_back_leads_out_of_the_city(world, back, rf):
    client = Client()
    answer = world.sign_in(client, "bundid", "jan-probe", "eid", back=back)
    assert answer["Location"] == reverse("account")
    assert "back=&" in f"{stepup.url(rf.get('/'), 3, back)}&"


def test_a_trip_that_took_too_long_is_over(world):
    client = Client()
    departed = client.get(reverse("login-with", args=["organisation"]))
    answer = world.choose(client, departed, "musterbau", "elster")
    Trip.objects.update(until=Trip.objects.get().created)
    assert world.back(client, answer).status_code == 403


def test_the_metadata_names_our_key_and_where_answers_go(world, bundid):
    answer = Client().get(reverse("login-saml-metadata", args=["bundid"]))
    root = etree.fromstring(answer.content)
    found = root.xpath("//*[local-name()='AssertionConsumerService']/@Location")
    assert [urlsplit(one).path for one in found] == ["/login/saml/bundid/"]
    assert root.xpath("//*[local-name()='X509Certificate']")


def test_a_citizens_account_is_not_mixed_with_a_company_on_the_way(world, me, citizen):
    page = me.get(reverse("account-step-up"), {"level": "3"}).content.decode()
    assert "BundID (Demo)" in page
    assert "Organisationskonto" not in page
    answer = world.sign_in(me, "organisation", "musterbau", "elster", **{"for": "step_up"})
    assert answer.status_code == 403
    assert not citizen.identities.exists()
    page = reverse("account-mandates")
    answer = world.sign_in(me, "organisation", "musterbau", "elster", back=page,
                           **{"for": "company"})  # fmt: skip
    assert answer["Location"] == page
    assert [one.name for one in citizen.mandates.all()] == ["Musterbau GmbH"]
    assert not citizen.identities.exists()


def raw(answer):
    """What the provider's page has the browser post, decoded."""
    fields = dict(re.findall(r'name="(\w+)" value="([^"]+)"', answer.body))
    text = fields.get("SAMLResponse") or fields["SAMLRequest"]
    return base64.b64decode(text).decode()


def test_what_a_provider_says_of_people_is_encrypted_to_our_key(world):
    client = Client()
    departed = client.get(reverse("login-with", args=["bundid"]))
    answer = world.choose(client, departed, "erika-mustermann", "eid")
    assert "EncryptedAssertion" in raw(answer)
    assert "aes256-gcm" in raw(answer)
    assert "Mustermann" not in raw(answer)
    world.back(client, answer)
    assert who(client).last_name == "Mustermann"


@pytest.mark.parametrize("fault", ["plain", "weak"])
def test_an_answer_in_the_clear_or_weakly_encrypted_is_refused_where_it_must_be_sealed(
    world, fault
):
    client = Client()
    assert world.sign_in(client, "bundid", "erika-mustermann", "eid", fault).status_code == 403
    assert who(client) is None
    assert Entry.objects.get(verb="login.refused").details == {"reason": "encryption"}


def test_a_provider_without_encryption_still_signs_in(world, bundid):
    bundid.settings["encrypted"] = ""
    bundid.save()
    client = Client()
    departed = client.get(reverse("login-with", args=["bundid"]))
    answer = world.choose(client, departed, "erika-mustermann", "eid")
    assert "Mustermann" in raw(answer)
    world.back(client, answer)
    assert who(client) is not None


def signed_in(world):
    client = Client()
    world.sign_in(client, "bundid", "erika-mustermann", "eid")
    assert who(client)
    return client


def from_there(world, fault=""):
    """Somebody signs out at the provider; the browser brings that to us, without our cookie."""
    [name] = world.service.sessions
    page = world.service.answer("POST", "/saml/logout", {}, {"name": name, "fault": fault})
    fields = dict(re.findall(r'name="(\w+)" value="([^"]+)"', page.body))
    path = urlsplit(re.search(r'action="([^"]+)"', page.body)[1]).path
    return path, fields, Client().post(path, fields)


def test_who_signs_out_here_can_sign_out_there_as_well(world):
    client = signed_in(world)
    page = client.post(reverse("logout"))
    assert who(client) is None
    departure = page.context["departure"]
    there = world.service.answer("POST", "/saml/slo", {}, dict(departure.fields))
    assert world.service.sessions == {}
    fields = dict(re.findall(r'name="(\w+)" value="([^"]+)"', there.body))
    landed = Client().post(reverse("login-saml-logout", args=["bundid"]), fields)
    assert (landed.status_code, landed.context["done"]) == (200, True)
    # The same answer once more is nobody's.
    assert Client().post(reverse("login-saml-logout", args=["bundid"]), fields).status_code == 403


def test_a_provider_that_is_not_asked_lets_one_leave_as_before(world, bundid):
    bundid.settings["slo_url"] = ""
    bundid.save()
    client = signed_in(world)
    assert client.post(reverse("logout")).status_code == 302
    _path, _fields, landed = from_there(world)
    assert landed.status_code == 403


def test_who_signs_out_there_is_signed_out_here_and_the_provider_hears_it(world):
    client, other = signed_in(world), Client()
    world.sign_in(other, "organisation", "musterbau", "elster")
    path, fields, landed = from_there(world)
    assert landed.status_code == 200
    assert client.get(reverse("account")).status_code == 302
    assert who(other) is not None
    departure = landed.context["departure"]
    world.service.answer("POST", "/saml/slo", {}, dict(departure.fields))
    assert world.service.told_out == [True]
    assert Client().post(path, fields).status_code == 403


@pytest.mark.parametrize("fault", ["unsigned", "index"])
def test_nobody_is_signed_out_by_a_message_that_is_not_about_them(world, fault):
    client = signed_in(world)
    _path, _fields, landed = from_there(world, fault)
    assert landed.status_code == (403 if fault == "unsigned" else 200)
    assert client.get(reverse("account")).status_code == 200


def test_a_message_that_was_signed_for_something_else_signs_nobody_out(world):
    client = signed_in(world)
    [name] = world.service.sessions
    page = world.service.answer("POST", "/saml/logout", {}, {"name": name})
    tree = etree.fromstring(raw(page).encode())
    for change in ("Destination", "IssueInstant", "name", "wrapped"):
        changed = etree.fromstring(etree.tostring(tree))
        if change == "name":
            changed.find("{urn:oasis:names:tc:SAML:2.0:assertion}NameID").text = "_somebody"
        elif change == "wrapped":
            inner = etree.fromstring(etree.tostring(tree))
            changed.remove(changed.find("{http://www.w3.org/2000/09/xmldsig#}Signature"))
            changed.append(inner)
        else:
            changed.set(change, "2020-01-01T00:00:00Z")
        said = {"SAMLRequest": base64.b64encode(etree.tostring(changed)).decode()}
        landed = Client().post(reverse("login-saml-logout", args=["bundid"]), said)
        assert landed.status_code == 403, change
    assert client.get(reverse("account")).status_code == 200


def test_names_of_sessions_over_there_lie_as_digests(world):
    signed_in(world)
    [name] = world.service.sessions
    assert name not in str(list(SignIn.objects.values()))
