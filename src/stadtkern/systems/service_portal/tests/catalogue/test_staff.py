"""Staff keep the catalogue: lists, edits, ways online, files; each only their own office."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.cases.models import Form, FormVersion, OnlineService, Service
from stadtkern.kernel.people.models import Account, Department, Membership, Role

pytestmark = pytest.mark.django_db
HOME = "/staff/service_portal/services/"


@pytest.fixture
def offices(db):
    return [Department.objects.create(slug=slug, title=slug.title()) for slug in ("amt", "bad")]


@pytest.fixture
def editor(client, offices):
    role = Role.objects.create(slug="editors", title="E", permissions=["service_portal.services"])
    who = Account.objects.create_user("editor", is_staff=True)
    who.roles.add(role)
    client.force_login(who)
    return who


@pytest.fixture
def member(offices):
    """Somebody who edits the services of the first office only."""
    role = Role.objects.create(slug="own", title="O", permissions=["service_portal.services"])
    who = Account.objects.create_user("member", is_staff=True)
    Membership.objects.create(account=who, department=offices[0], role=role)
    return who


@pytest.fixture
def one(offices):
    return Service.objects.create(slug="hund", title="Hund anmelden", department=offices[0],
                                  texts={"de": {"what": "Text"}})  # fmt: skip


def said(service, **changes):
    """What the form posts where nothing but `changes` is changed."""
    row = {"title": service.title, "level": "0", "citizens": "on", "active": "on",
           "department": "amt", "de.what": service.texts["de"]["what"]}  # fmt: skip
    return {**row, **changes}


def test_the_list_says_what_is_missing_and_filters_by_it(client, editor, one):
    Service.objects.create(slug="voll", title="Vollständig", leika="99000000000001")
    page = client.get(HOME).content.decode()
    assert "kein amtlicher Schlüssel" in page
    assert "Vollständig" not in client.get(f"{HOME}?lacks=leika").content.decode()
    assert "Vollständig" in client.get(f"{HOME}?q=99000").content.decode()
    assert "Hund anmelden" not in client.get(f"{HOME}?q=99000").content.decode()


def test_the_list_asks_a_fixed_number_of_questions(client, editor, offices):
    def asked():
        client.get(HOME)
        with CaptureQueriesContext(connection) as queries:
            client.get(HOME)
        return len(queries)

    Service.objects.create(slug="s", title="S", department=offices[0])
    few = asked()
    for n in range(30):
        Service.objects.create(slug=f"s{n}", title=f"S{n}", department=offices[n % 2])
    assert asked() == few


def test_an_edit_is_saved_with_its_history_and_a_preview_saves_nothing(client, editor, one):
    address = f"{HOME}{one.pk}/"
    seen = client.post(address, said(one, title="Hund melden", do="preview"))
    assert "Hund melden" in seen.content.decode()
    assert Service.objects.get(pk=one.pk).title == "Hund anmelden"
    client.post(address, said(one, title="Hund melden", words="Wuffi"))
    row = Service.objects.get(pk=one.pk)
    assert (row.title, row.words, row.slug) == ("Hund melden", "Wuffi", "hund")
    entry = Entry.objects.get(verb="services.change")
    assert entry.details["fields"] == ["title", "words"]
    assert "geändert" in client.get(address).content.decode()


@pytest.mark.parametrize("leika", ["1234", "88000000000001", "9900000000000x"])
def test_a_key_that_is_none_is_refused_and_nothing_is_lost(client, editor, one, leika):
    answer = client.post(f"{HOME}{one.pk}/", said(one, leika=leika, words="Wuffi"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "14 Ziffern" in page
    assert "Wuffi" in page
    assert "Fehler:" in page
    assert Service.objects.get(pk=one.pk).leika == ""


def test_somebody_of_one_office_changes_only_its_services(client, member, one, offices):
    other = Service.objects.create(slug="bad", title="Freibad", department=offices[1],
                                   texts={"de": {"what": "x"}})  # fmt: skip
    client.force_login(member)
    assert client.get(f"{HOME}{one.pk}/").status_code == 200
    assert client.get(f"{HOME}{other.pk}/").status_code == 403
    assert client.get(f"{HOME}{other.pk}/ways/").status_code == 403
    assert client.get(f"{HOME}import/").status_code == 403
    # Nor may they give a service away to an office that is not theirs.
    assert client.post(f"{HOME}{one.pk}/", said(one, department="bad")).status_code == 422
    client.post(f"{HOME}office/", {"to": "amt", "pick": [one.pk, other.pk]})
    other.refresh_from_db()
    assert other.department == offices[1]


def test_a_way_opens_only_when_it_is_true(client, editor, one, offices):
    form = Form.objects.create(slug="f", title="F", department=offices[0])
    version = FormVersion.objects.create(form=form, number=1, definition={"guests": True})
    ways = f"{HOME}{one.pk}/ways/"
    client.post(ways, {"kind": "own", "form": "f", "complete": "on"})
    row = OnlineService.objects.get()
    assert row.state == "draft"
    client.post(f"{ways}{row.pk}/", {"do": "open"})
    assert OnlineService.objects.get().state == "draft"
    FormVersion.objects.filter(pk=version.pk).update(state="published",
                                                     published="2026-01-01T00:00Z")  # fmt: skip
    # Published, but a guest without an e-mail address cannot be reached with the decision.
    page = client.post(f"{ways}{row.pk}/", {"do": "open"}, follow=True).content.decode()
    assert "online in Teilen" in page
    assert OnlineService.objects.get().state == "draft"
    OnlineService.objects.update(complete=False)
    client.post(f"{ways}{row.pk}/", {"do": "open"})
    assert Service.objects.with_reach().get(pk=one.pk).reach == "form"


def test_opening_another_way_retires_the_one_before(client, editor, one):
    for number in (1, 2):
        client.post(f"{HOME}{one.pk}/ways/",
                    {"kind": "external", "url": f"https://example.org/{number}"})  # fmt: skip
    first, second = OnlineService.objects.order_by("pk")
    for row in (first, second):
        client.post(f"{HOME}{one.pk}/ways/{row.pk}/", {"do": "open"})
    states = dict(OnlineService.objects.values_list("pk", "state"))
    assert states == {first.pk: "retired", second.pk: "live"}


def test_many_services_change_their_office_at_once(client, editor, one, offices):
    client.post(f"{HOME}office/", {"to": "bad", "pick": [one.pk]})
    one.refresh_from_db()
    assert one.department == offices[1]
    assert Entry.objects.filter(verb="services.office", target=f"cases.service:{one.pk}").exists()


def test_the_table_goes_out_and_comes_back_the_same_and_a_check_saves_nothing(client, editor, one):
    one.words = "=Wuffi"
    one.save()
    content = client.get(f"{HOME}services.csv").content
    assert b"'=Wuffi" in content

    def send(body, **more):
        return client.post(f"{HOME}import/", {
            "file": SimpleUploadedFile("s.csv", body), "side": "ask", **more})  # fmt: skip

    assert "unverändert" in send(content).content.decode()
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    rows[0]["title"] = "Hund melden"
    rows.append({"slug": "katze", "title": "Katze melden", "level": "9", "citizens": "1",
                 "companies": "0"})  # fmt: skip
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys(), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    checked = send(text.getvalue().encode()).content.decode()
    assert "nicht übernommen" in checked
    assert "Vertrauensniveau" in checked
    assert Service.objects.get().title == "Hund anmelden"
    send(text.getvalue().encode(), really="on")
    assert Service.objects.get().title == "Hund melden"
    assert Service.objects.get().words == "=Wuffi"
    assert send(b"nothing;here\n1;2\n").status_code == 422


def test_saying_that_it_is_right_is_noted_with_the_day(client, editor, one):
    client.post(f"{HOME}{one.pk}/checked/")
    one.refresh_from_db()
    assert one.checked is not None
    assert "Hund anmelden" not in client.get(f"{HOME}?lacks=unchecked").content.decode()
    assert Entry.objects.filter(verb="services.checked").exists()


def test_the_catalogue_is_there_for_programs_as_xzufi(client, one):
    answer = client.get("/api/service_portal/xzufi.xml")
    assert answer["Content-Type"].startswith("application/xml")
    assert b"Hund anmelden" in answer.content
