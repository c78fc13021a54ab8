"""The applications: the household, the partner's part, taking answers over, figures."""

import random
import re
from datetime import date, timedelta

import pytest
from django.test import Client

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.cases.desk import breaks
from stadtkern.kernel.cases.forms import publish, run
from stadtkern.kernel.cases.forms.definition import read
from stadtkern.kernel.cases.journey import co_signing
from stadtkern.kernel.cases.journey.begin import begin
from stadtkern.kernel.cases.journey.carry import carried
from stadtkern.kernel.cases.journey.file_now import file_now
from stadtkern.kernel.cases.journey.send import send
from stadtkern.kernel.cases.models import Case, OnlineService
from stadtkern.kernel.people import roles
from stadtkern.kernel.people.models import Account, Role
from stadtkern.systems.social_benefits import demo
from stadtkern.systems.social_benefits.logic import applications, figures
from stadtkern.systems.social_benefits.logic.carrying import fitting

BIRTH = "1980-05-01"
PARTNER = {
    "m_first_name": "Bea", "m_family_name": "Beispiel", "m_birth_date": BIRTH,
    "m_relation": "partner", "m_income": 40_000, "m_health": ["pregnant"],
    "m_email": "bea@example.org",
}  # fmt: skip
MOTHER = {**PARTNER, "m_first_name": "Mia", "m_birth_date": "1950-01-01", "m_relation": "parent",
          "m_income": 90_000, "m_health": ["care"], "m_email": "mia@example.org"}  # fmt: skip
CHILD = {"m_first_name": "Cem", "m_family_name": "Beispiel", "m_relation": "child",
         "m_birth_date": "2020-01-01", "m_income": 0}  # fmt: skip
ANSWERS = {
    "first_name": "Ada", "family_name": "Beispiel", "birth_date": "1950-05-01",
    "street": "Weg 1", "postcode": "44623", "town": "Herne", "email": "ada@example.org",
    "members": [PARTNER, MOTHER, CHILD], "home": "rent", "living_space": 60, "rent": 45_000,
    "running_costs": 9_000, "heating": 7_000, "income_kinds": ["pension"],
    "income_pension": 70_000, "savings": "little", "account_holder": "Ada Beispiel",
    "iban": "DE89370400440532013000", "agreed": ["yes"],
}  # fmt: skip
KIND = {"benefit_kind": "old_age", "receives": ["pension"]}


def begun(slug, citizen, **more):
    return begin(publish.published(slug), account=citizen, language="de", level=3,
                 answers={**ANSWERS, **more})  # fmt: skip


def signed(case):
    """Everybody agrees, and the case is sent."""
    case = send(case.pk, key=case.submit_key, actor=case.account)
    for row in list(case.co_signs.all()):
        co_signing.sign(row, agrees=True, account=None, level=0)
    return Case.objects.get(pk=case.pk)


@pytest.mark.parametrize("slug", applications.FORMS)
def test_every_form_reads_and_a_whole_household_fills_it_in(slug):
    definition = applications.definition(slug)
    said = {**ANSWERS, **(KIND if slug == "lebensunterhalt" else {})}
    assert run.faults(definition, run.kept(definition, said), language="de") == []
    assert {"granted", "rejected", "withdrawn", "expired"} <= set(definition.keep_days)
    assert "file_now" in definition.texts


@pytest.mark.parametrize("slug", applications.FORMS)
def test_money_and_health_are_marked_sensitive(slug):
    fields = applications.definition(slug).fields()
    wanted = {"m_income", "m_health", "income_wages", "income_pension", "savings", "work", "needs"}
    assert all(fields[name].sensitive for name in wanted & set(fields))


def test_loading_twice_changes_nothing_and_opens_the_services(forms):
    before = OnlineService.objects.count()
    for _twice in range(2):
        demo.fill(random.Random(1))
        assert OnlineService.objects.count() == before == len(applications.SERVICES)
        assert Case.objects.filter(state="submitted", invented=True).count() == 12
    assert Case.objects.count() == 12
    assert figures.overall().invented


def test_the_demo_shows_two_who_sign_and_one_made_known(forms, citizen):
    Account.objects.filter(pk=citizen.pk).update(email="erika.beispiel@example.org")
    demo.fill(random.Random(1))
    mine = Case.objects.filter(account=citizen, invented=True)
    signing = mine.get(state="co_sign")
    assert sorted(signing.co_signs.values_list("number", "state")) == [(0, "signed"), (1, "asked")]
    assert len(set(signing.co_signs.values_list("email", flat=True))) == 1
    assert mine.get(state="draft").filed is not None


def test_every_adult_is_asked_and_no_child(forms, citizen):
    case = begun("lebensunterhalt", citizen, **KIND)
    case = send(case.pk, key=case.submit_key, actor=citizen)
    assert case.state == "co_sign"
    asked = set(case.co_signs.values_list("email", flat=True))
    assert asked == {"bea@example.org", "mia@example.org"}
    assert signed(case).state == "submitted"


def test_a_partner_sees_their_own_part_only_also_after_signing_and_signing_in(forms, citizen):
    case = begun("lebensunterhalt", citizen, **KIND)
    case = send(case.pk, key=case.submit_key, actor=citizen)
    partner = Account.objects.create(username="bea", email="bea@example.org")
    browser = Client()
    browser.force_login(partner)
    row = case.co_signs.get(email="bea@example.org")
    page = browser.get(f"/dienstleistungen/unterschrift/{row.token}/", follow=True)
    if page.status_code == 404:
        pytest.fail("the page of a co-signature has another address")
    text = page.content.decode()
    assert "Bea" in text
    assert "400,00" in text
    for other in ("Mia", "900,00", "700,00", "DE89", "Weg 1", "wenig oder nichts", "Cem"):
        assert other not in text
    co_signing.sign(row, agrees=True, account=partner, level=1)
    for path in (f"/dienstleistungen/vorgang/{case.public_id}/",
                 f"/sozialleistungen/mine/{case.public_id}/"):  # fmt: skip
        assert browser.get(path).status_code == 404
    for path in ("/dienstleistungen/vorgaenge/", "/sozialleistungen/mine/"):
        assert case.reference not in browser.get(path).content.decode()


def test_filing_now_keeps_the_first_moment_as_evidence(forms, citizen):
    case = begin(publish.published("wohngeld"), account=citizen, language="de", level=1)
    first = file_now(case).filed
    assert file_now(case).filed == first
    assert case.events.filter(code="filed").count() == 1


def test_answers_of_one_application_fit_into_another(forms, citizen):
    target = read(publish.published("buergergeld-kurz").definition)
    taken = fitting({**ANSWERS, "home_proof": ["a-document"], "benefit_kind": "old_age"}, target)
    assert taken["members"] == [PARTNER, MOTHER, CHILD]
    assert taken["iban"] == ANSWERS["iban"]
    assert "home_proof" not in taken
    assert "benefit_kind" not in taken
    assert run.faults(target, run.kept(target, taken), language="de") == []


def test_what_does_not_fit_stays_behind(forms):
    target = read(publish.published("wohngeld").definition)
    said = {"home": "a castle", "iban": "DE00", "first_name": "Ada", "rent": "much",
            "members": [{"m_relation": "robot", "m_first_name": "R"}, "x"]}  # fmt: skip
    assert fitting(said, target) == {"first_name": "Ada", "members": [{"m_first_name": "R"}]}


def test_a_refused_application_goes_over_after_consent_without_typing(forms, citizen):
    case = signed(begun("wohngeld", citizen))
    Case.objects.filter(pk=case.pk).update(state="decided", outcome="rejected",
                                           decided=clock.now())  # fmt: skip
    browser = Client()
    browser.force_login(citizen)
    path = f"/sozialleistungen/mine/{case.public_id}/"
    assert case.reference in browser.get("/sozialleistungen/mine/").content.decode()
    refused = browser.post(path, {"benefit": "buergergeld"})
    assert refused.status_code == 422
    assert 'href="#agreed"' in refused.content.decode()
    page = browser.post(path, {"benefit": "buergergeld", "agreed": "1"}).content.decode()
    token = re.search(r'name="from" value="([^"]+)"', page)[1]
    found = carried(token)
    assert found.form == "buergergeld-kurz"
    assert found.answers["members"][0]["m_first_name"] == "Bea"
    made = browser.post("/dienstleistungen/antrag/buergergeld-kurz/",
                        {"from": token, "begin": "1"})  # fmt: skip
    assert made.status_code == 302
    new = Case.objects.exclude(pk=case.pk).get()
    assert new.answers["iban"] == ANSWERS["iban"]
    entry = Entry.objects.get(verb="social_benefits.carry")
    assert entry.details == {"to": "buergergeld"}


def test_nobody_takes_answers_of_somebody_else(forms, citizen):
    case = signed(begun("wohngeld", citizen))
    path = f"/sozialleistungen/mine/{case.public_id}/"
    assert Client().get(path).status_code == 302
    other = Client()
    other.force_login(Account.objects.create(username="eve"))
    assert other.get(path).status_code == 404
    assert other.post(path, {"benefit": "buergergeld", "agreed": "1"}).status_code == 404


def test_the_public_figure_counts_breaks_in_the_timelines(forms, citizen, client):
    clerk = Account.objects.create(username="clerk", is_staff=True)
    for number in range(5):
        case = signed(begun("wohngeld", citizen, members=[]))
        if number == 0:
            breaks.note(case, "printed", by=clerk)
    whole = figures.overall()
    assert whole.cases == 5
    assert whole.share_free == 0.8
    assert "80" in client.get("/sozialleistungen/").content.decode()
    assert figures.figures(clock.now() + timedelta(seconds=1)) == []


def test_few_cases_are_no_public_figure(forms, citizen, client):
    signed(begun("wohngeld", citizen, members=[]))
    assert figures.overall() is None
    assert "Ohne Papier" not in client.get("/sozialleistungen/").content.decode()


def test_staff_see_figures_and_rules_with_the_permission(forms, citizen, client):
    signed(begun("wohngeld", citizen, members=[]))
    roles.sync()
    person = Account.objects.create(username="steer", is_staff=True)
    client.force_login(person)
    assert client.get("/staff/social_benefits/").status_code == 403
    person.roles.add(Role.objects.get(slug="social_benefits.steering"))
    assert "100 %" in client.get("/staff/social_benefits/").content.decode()
    assert "WoGG § 7" in client.get("/staff/social_benefits/rules/").content.decode()
    csv = client.get("/staff/social_benefits/figures.csv").content.decode()
    assert csv.splitlines()[1].startswith("*;1;1.0;")


def test_the_way_through_signing_in_keeps_answers_for_an_hour_and_once(forms, client, citizen):
    from stadtkern.kernel.cases.journey.carry import carry

    token = carry({"first_name": "Ada"}, "wohngeld")
    answer = client.post("/sozialleistungen/applying/keep/",
                         {"benefit": "wohngeld", "from": token})  # fmt: skip
    assert answer["Location"].endswith("?next=/sozialleistungen/applying/wohngeld/")
    page = client.get("/sozialleistungen/applying/wohngeld/").content.decode()
    assert "Ada" in page
    assert client.get("/sozialleistungen/applying/wohngeld/").status_code == 302


def test_a_birthday_on_which_somebody_turns_eighteen_asks_them(forms):
    """18 years are 6574 or 6575 days: who is of age for some days is asked for certain."""
    definition = applications.definition("wohngeld")
    step = next(one for one in definition.steps if one.id == "members")
    today = clock.now().date()
    grown = date(today.year - 18, today.month, 1) - timedelta(days=2)
    young = date(today.year - 17, today.month, 1)
    for born, asked in ((grown, True), (young, False)):
        answers = {"members": [{"m_birth_date": born.isoformat()}]}
        shown = {one.id for one in run.shown_fields(definition, step, answers, 0)}
        assert ("m_email" in shown) is asked
