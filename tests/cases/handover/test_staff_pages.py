"""The pages on which staff connect back offices and settle what was given up."""

import json

import pytest
from django.test import Client

from cases.handover.conftest import KEY, MAPPING, bring_on
from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.cases.models import BackOffice, Form, Handover
from stadtkern.kernel.people import roles
from stadtkern.kernel.people.models import Account, Role

LIST, LETTERS = "/staff/service_portal/back-offices/", "/staff/service_portal/handovers/"


@pytest.fixture
def staff(db):
    """`staff("integrator")`: a browser in which somebody with this role is signed in."""
    roles.sync()

    def browser(role):
        account = Account.objects.create(username=f"x-{role}", is_staff=True)
        account.roles.set(Role.objects.filter(slug=role))
        client = Client()
        client.force_login(account)
        return client

    return browser


@pytest.fixture
def integrator(staff):
    """Whoever connects back offices."""
    return staff("service_portal.integrator")


@pytest.fixture
def given_up(fit, sent, sim):
    """A case that was refused finally."""
    handover = sent(fit)
    sim.faults.set({"error": 1.0})
    Handover.objects.filter(pk=handover.pk).update(tries=19)
    handover = bring_on(handover)
    sim.faults.set({"error": 0.0})
    assert handover.state == "dead"
    return handover


def test_a_clerk_connects_nothing(staff, fit):
    clerk = staff("service_portal.clerk")
    for path in (LIST, f"{LIST}new/?kind=xml", f"{LIST}kfz/", LETTERS):
        assert clerk.get(path).status_code == 403
        assert Client().get(path).status_code == 302


def test_a_connection_is_made_tested_and_switched_on(integrator, sim, version):
    said = {"title": "Kfz", "slug": "kfz", "set_address": f"{sim.base}/webhook/kfz",
            "secret_signing_secret": KEY, "forms_taken": [version.form.pk]}  # fmt: skip
    answer = integrator.post(f"{LIST}new/?kind=webhook", said)
    assert answer["Location"] == f"{LIST}kfz/"
    office = BackOffice.objects.get()
    assert (office.enabled, json.loads(office.secret)) == (False, {"signing_secret": KEY})
    assert Form.objects.get().back_office == office
    integrator.post(f"{LIST}kfz/do/", {"do": "test"})
    integrator.post(f"{LIST}kfz/do/", {"do": "switch"})
    office.refresh_from_db()
    assert (office.enabled, office.problem, office.checked is not None) == (True, "", True)
    assert KEY not in json.dumps(list(Entry.objects.values_list("details", flat=True)))
    assert KEY not in integrator.get(f"{LIST}kfz/").content.decode()


def test_a_secret_that_is_left_empty_stays(integrator, offices):
    office = offices("webhook")
    answer = integrator.post(f"{LIST}kfz/", {"title": "Neu", "slug": "kfz", "set_address": "https://x.example",
                                             "secret_signing_secret": ""})  # fmt: skip
    assert answer.status_code == 302
    office.refresh_from_db()
    assert (office.title, json.loads(office.secret)["signing_secret"]) == ("Neu", KEY)


def test_what_is_wrong_is_said_at_its_field(integrator):
    told = {"title": "", "slug": "x", "set_mapping": MAPPING.replace("root = antrag", "")}
    answer = integrator.post(f"{LIST}new/?kind=xml", told)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "root = antrag" in page
    assert "aria-describedby" in page
    assert not BackOffice.objects.exists()


def test_a_failed_test_is_kept_and_shown(integrator, offices, sim):
    offices("fit_connect", settings={"base": sim.base, "token": f"{sim.base}/nowhere"})
    integrator.post(f"{LIST}kfz/do/", {"do": "test"})
    assert BackOffice.objects.get().problem
    assert BackOffice.objects.get().problem[:20] in integrator.get(f"{LIST}kfz/").content.decode()


def test_an_address_inside_of_the_city_is_not_called(integrator, offices):
    offices("webhook", settings={"address": "http://10.0.0.7/hook"})
    integrator.post(f"{LIST}kfz/do/", {"do": "test"})
    assert "[back_offices] private_networks" in BackOffice.objects.get().problem


def test_what_was_given_up_is_listed_and_tried_again(integrator, given_up, sim):
    assert given_up.case.reference in integrator.get(LETTERS).content.decode()
    page = integrator.get(f"{LETTERS}{given_up.pk}/").content.decode()
    assert "Lüdenscheidt" not in page
    assert integrator.post(f"{LETTERS}{given_up.pk}/settle/", {"do": "again"}).status_code == 302
    bring_on(given_up)
    sim.receiver.collect()
    assert bring_on(given_up).state == "accepted"
    assert Entry.objects.filter(verb="back_offices.settle").count() == 1
    page = integrator.get(f"{LETTERS}{given_up.pk}/").content.decode()
    assert "secevent" not in page
    assert "Signatur" in page or "signature" in page


def test_it_can_go_elsewhere_or_to_the_desk_and_only_once(integrator, given_up, sim, settings):
    other = BackOffice.objects.create(slug="mail", title="Post", adapter="mail",
                                      settings={"address": "x@example.org"})  # fmt: skip
    url = f"{LETTERS}{given_up.pk}/settle/"
    integrator.post(url, {"do": "by_hand", "reason": ""})
    assert Handover.objects.get().closed is None
    integrator.post(url, {"do": "elsewhere", "office": "mail"})
    assert Handover.objects.filter(back_office=other).count() == 1
    integrator.post(url, {"do": "by_hand", "reason": "Zu spät"})
    integrator.post(url, {"do": "elsewhere", "office": "mail"})
    assert Handover.objects.count() == 2
    assert given_up.case.reference not in integrator.get(LETTERS).content.decode()


def test_new_keys_come_in_front_and_the_old_ones_stay(integrator, fit, our_keys):
    integrator.post(f"{LIST}kfz/do/", {"do": "keys"})
    kept = json.loads(BackOffice.objects.get().secret)["keys"]
    assert [one["use"] for one in kept] == ["enc", "enc", "sig", "sig"]
    assert {kept[1]["kid"], kept[3]["kid"]} == {one["kid"] for one in our_keys}


def test_lists_ask_the_database_the_same_however_long_they_are(
    integrator, fit, sent, django_assert_max_num_queries
):
    for _number in range(4):
        sent(fit, paper=False)
    with django_assert_max_num_queries(14):
        integrator.get(f"{LETTERS}?state=")
    with django_assert_max_num_queries(14):
        integrator.get(LIST)


def test_the_page_of_problems_names_what_was_given_up(given_up):
    from stadtkern.systems.service_portal.checking import problems

    [problem] = problems()
    assert problem.fix == LETTERS
