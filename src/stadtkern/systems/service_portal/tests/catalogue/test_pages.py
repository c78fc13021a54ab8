"""The public pages of the catalogue: what people see, and that nothing pretends."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from stadtkern.kernel.cases.catalogue.situations import SITUATIONS
from stadtkern.kernel.cases.models import Form, FormVersion, Helpful, OnlineService, Service
from stadtkern.kernel.people.models import Department
from stadtkern.systems.service_portal import demo_services

pytestmark = pytest.mark.django_db


def text_of(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.fixture
def office(db):
    whole = Department.objects.create(slug="stadt", title="Stadt", address="Rathaus 1")
    return Department.objects.create(slug="amt", title="Amt 24", phone="0221 4710-100",
                                     parent=whole)  # fmt: skip


@pytest.fixture
def bin_service(office):
    """A service that is described and nothing more."""
    return Service.objects.create(
        slug="sperrmuell", title="Sperrmüll", title_en="Bulky waste", summary="Abholen lassen.",
        words="Sofa", department=office, situations=["environment"],
        texts={"de": {"what": "Wir holen ab.", "documents": "Liste\nAnschrift", "who": "Alle."}},
    )  # fmt: skip


def publish(office, slug="antrag"):
    form = Form.objects.create(slug=slug, title="Antrag", department=office)
    FormVersion.objects.create(form=form, number=1, state="published", published="2026-01-01T00Z")
    return form


def test_a_service_without_a_way_online_says_so_and_offers_no_button(client, bin_service):
    shown = text_of(client.get("/dienstleistungen/leistung/sperrmuell/"))
    assert "Das geht noch nicht online." in shown
    assert "Online beginnen" not in shown
    assert "Anschrift" in shown
    assert "Amt 24" in shown
    # What a part of the administration does not say is that of the whole.
    assert "Rathaus 1" in shown
    assert "tel:02214710-100" in shown


def test_an_own_form_counts_only_while_it_is_published(client, bin_service, office):
    form = Form.objects.create(slug="antrag", title="Antrag", department=office)
    draft = FormVersion.objects.create(form=form, number=1)
    OnlineService.objects.create(service=bin_service, kind="own", form=form, complete=True,
                                 state="live")  # fmt: skip
    page = "/dienstleistungen/leistung/sperrmuell/"
    assert "Online beginnen" not in text_of(client.get(page))
    assert Service.objects.with_reach().get().reach == "information"
    draft.state, draft.published = "published", "2026-01-01T00:00Z"
    draft.save()
    shown = text_of(client.get(page))
    assert f'href="{reverse("service_portal:begin", args=["antrag"])}"' in shown
    assert Service.objects.with_reach().get().reach == "online"


def test_the_level_of_trust_is_that_of_the_form(client, bin_service, office):
    form = Form.objects.create(slug="antrag", title="Antrag", department=office)
    FormVersion.objects.create(form=form, number=1, state="published", definition={"level": 3},
                               published="2026-01-01T00:00Z")  # fmt: skip
    OnlineService.objects.create(service=bin_service, kind="own", form=form, state="live")
    Service.objects.update(level=1)
    assert "„substanziell“" in text_of(client.get("/dienstleistungen/leistung/sperrmuell/"))


def test_another_website_is_named_with_who_runs_it(client, bin_service):
    OnlineService.objects.create(
        service=bin_service, kind="external", url="https://example.org/x", provider="Land",
        state="live",
    )  # fmt: skip
    shown = text_of(client.get("/dienstleistungen/leistung/sperrmuell/"))
    assert "https://example.org/x" in shown
    assert "Land" in shown
    assert "online in Teilen" in shown


def test_the_english_page_says_which_texts_are_german(client, bin_service):
    shown = text_of(client.get("/en/service_portal/leistung/sperrmuell/"))
    assert "<h1>Bulky waste</h1>" in shown
    assert "Some of these texts are only in German." in shown
    assert 'lang="de"' in shown


def test_search_engines_are_told_what_it_is(client, bin_service):
    shown = client.get("/dienstleistungen/leistung/sperrmuell/").content.decode()
    told = json.loads(re.search(r'ld\+json">(.*?)</script>', shown, re.DOTALL)[1])
    assert told["@type"] == "GovernmentService"
    assert told["provider"]["name"] == "Amt 24"
    assert "availableChannel" not in told


def test_answers_are_counted_by_month_and_nothing_else_is_kept(client, bin_service):
    page = "/dienstleistungen/leistung/sperrmuell/"
    for answer in ("yes", "yes", "wrong", "nonsense"):
        client.post(f"{page}hilfreich/", {"answer": answer})
    rows = {row.answer: row.count for row in Helpful.objects.all()}
    assert rows == {"yes": 2, "wrong": 1}
    assert "Danke" in text_of(client.get(f"{page}?said=yes"))


def test_a_service_that_is_switched_off_is_gone_everywhere(client, bin_service):
    Service.objects.update(active=False)
    assert client.get("/dienstleistungen/leistung/sperrmuell/").status_code == 404
    assert "Sperrmüll" not in text_of(client.get("/dienstleistungen/a-z/"))
    assert "Sperrmüll" not in text_of(client.get("/dienstleistungen/suche/?q=sofa"))
    assert client.post("/dienstleistungen/leistung/sperrmuell/hilfreich/").status_code == 404


def test_search_narrows_by_what_is_really_online(client, bin_service, office):
    other = Service.objects.create(slug="muelltonne", title="Mülltonne", words="Müll Sofa")
    OnlineService.objects.create(service=other, kind="own", form=publish(office), state="live")
    both = text_of(client.get("/dienstleistungen/suche/?q=sofa"))
    assert "Sperrmüll" in both
    assert "Mülltonne" in both
    online = text_of(client.get("/dienstleistungen/suche/?q=sofa&reach=begin"))
    assert "Mülltonne</a>" in online
    assert "Sperrmüll</a>" not in online
    assert "Mülltonne</a>" not in text_of(client.get("/dienstleistungen/suche/?q=sofa&office=amt"))


def test_nothing_found_says_what_to_do_next(client, bin_service):
    shown = text_of(client.get("/dienstleistungen/suche/?q=xylophon"))
    assert "Zu diesen Wörtern finden wir nichts." in shown
    assert "tel:115" in shown
    hidden = text_of(client.get("/dienstleistungen/suche/?q=sofa&whom=companies"))
    assert "Mit diesen Filtern bleibt nichts übrig." in hidden


def test_every_page_of_the_catalogue_asks_a_fixed_number_of_questions(client, services):
    for address, most in (
        ("/dienstleistungen/", 12), ("/dienstleistungen/a-z/", 4),
        ("/dienstleistungen/unternehmen/", 4), ("/dienstleistungen/lebenslagen/birth/", 4),
        ("/dienstleistungen/suche/?q=umzug", 8), ("/dienstleistungen/suche/", 8),
        ("/dienstleistungen/leistung/reisepass/", 8),
    ):  # fmt: skip
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer = client.get(address)
        assert answer.status_code == 200, address
        assert len(asked) <= most, f"{address}: {len(asked)}"


def test_every_life_situation_has_services_and_the_letters_are_in_german_order(client, services):
    for one in SITUATIONS:
        answer = client.get(f"/dienstleistungen/lebenslagen/{one.slug}/")
        assert "sp-list" in text_of(answer), one.slug
    shown = text_of(client.get("/dienstleistungen/a-z/"))
    assert shown.index("Abfallkalender") < shown.index("Baugenehmigung") < shown.index("Zu einem")
    assert client.get("/dienstleistungen/lebenslagen/nothing/").status_code == 404


def test_sitemap_and_city_search_know_every_service(client, services):
    sitemap = client.get("/sitemap-pages.xml").content.decode()
    assert "/dienstleistungen/leistung/sperrmuell/" in sitemap
    assert "/en/service_portal/leistung/sperrmuell/" in sitemap
    shown = text_of(client.get("/search/?q=perso"))
    # What the city does stands first, and once.
    first = shown.index("/dienstleistungen/leistung/personalausweis/")
    assert first == shown.index("/dienstleistungen/leistung/")
    assert first < shown.find('id="pages"') or 'id="pages"' not in shown
    assert shown.count("/dienstleistungen/leistung/personalausweis/") == 1


def test_the_demo_has_more_than_265_described_services_in_both_languages(services):
    rows = list(Service.objects.select_related("department"))
    assert len(rows) >= 265
    assert all(one.title_en and one.summary and one.summary_en and one.words for one in rows)
    assert all(one.texts["de"]["what"] and one.department and one.situations for one in rows)
    # No official key is invented, and nothing claims to be online.
    assert not [one.slug for one in rows if one.leika]
    assert set(Service.objects.with_reach().values_list("reach", flat=True)) == {"information"}
    assert all(one.invented for one in rows)


def test_loading_again_keeps_what_staff_changed_and_fills_what_is_missing(db):
    Department.objects.create(slug="buergerdienste", title="Bürgeramt")
    assert demo_services.load() >= 265
    office = Department.objects.get(slug="buergerdienste")
    assert (office.title, office.address) == (
        "Bürgeramt", "Freiligrathstraße 12, 44623 Herne"
    )  # fmt: skip
    Service.objects.filter(slug="sperrmuell").update(title="Sperrgut")
    assert demo_services.load() == 0
    assert Service.objects.get(slug="sperrmuell").title == "Sperrgut"
