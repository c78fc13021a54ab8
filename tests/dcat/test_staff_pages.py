"""Staff manage sources, try them, read them in, and see how good the records are."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.catalogue.dcat.problems import Problem
from stadtkern.kernel.catalogue.models import Harvested, Judgement, Line, Run, Source
from stadtkern.kernel.people import roles
from stadtkern.kernel.people.models import Role

pytestmark = pytest.mark.django_db
GIVEN = {"name": "Land", "kind": "dcat", "url": "http://1.1.1.1/cat", "rhythm": "daily",
         "licence": "", "publisher": "", "listed": "Amt = Stadtamt", "active": "on"}  # fmt: skip


@pytest.fixture
def as_(db):
    """A browser of somebody with this role."""
    roles.sync()

    def browser(role):
        person = get_user_model().objects.create(username=role, is_staff=True)
        person.roles.add(Role.objects.get(slug=role))
        client = Client()
        client.force_login(person)
        return client

    return browser


def test_a_source_is_made_tried_and_read_in(as_):
    browser = as_("data")
    answer = browser.post(reverse("open_data-staff:source-new"), GIVEN, follow=True)
    source = Source.objects.get()
    assert source.names == {"Amt": "Stadtamt"}
    assert "Probieren Sie sie aus" in answer.content.decode()
    begin = reverse("open_data-staff:source-begin", args=[source.pk])
    answer = browser.post(begin, {"try": "1"}, follow=True)
    made = Run.objects.get()
    assert made.rehearsal
    assert "beginnt gleich" in answer.content.decode()
    assert "schon eingelesen" in browser.post(begin, follow=True).content.decode()
    made.state = Run.DONE
    made.save()
    browser.post(begin, {"sweep": "1"})
    assert Run.objects.latest("pk").sweep
    assert {one.verb for one in Entry.objects.all()} >= {"harvest.create", "harvest.begin"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"url": "http://127.0.0.1/cat"}, "privaten Netz"),
        ({"url": "http://10.1.2.3/cat"}, "[catalogue] private_networks"),
        ({"listed": "Amt"}, "Name dort = Name hier"),
        ({"name": ""}, "field"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(as_, change, said):
    answer = as_("data").post(reverse("open_data-staff:source-new"), {**GIVEN, **change})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Source.objects.exists()


def test_only_who_may_publish_changes_sources(as_):
    source = Source.objects.create(name="Land", url="http://1.1.1.1/cat")
    Role.objects.create(slug="looks", title="Sieht", permissions=["datasets.see"])
    browser = as_("looks")
    for name in ("sources", "records"):
        assert browser.get(reverse(f"open_data-staff:{name}")).status_code == 200
    assert browser.get(reverse("open_data-staff:source", args=[source.pk])).status_code == 200
    assert browser.get(reverse("open_data-staff:source-new")).status_code == 403
    assert (
        browser.post(reverse("open_data-staff:source-begin", args=[source.pk])).status_code == 403
    )
    assert Client().get(reverse("open_data-staff:sources")).status_code == 302


def test_a_run_shows_what_came_and_why_not(as_, trees):
    source = Source.objects.create(name="Land", url="http://1.1.1.1/cat")
    made = Run.objects.create(source=source, state=Run.DONE, counts={"new": 1, "refused": 1})
    Line.objects.create(run=made, outcome="new", title="Bäume", dataset=trees)
    Line.objects.create(run=made, outcome="refused", title="Wald", reason="Er hat keinen Titel.")
    browser = as_("data")
    address = reverse("open_data-staff:run", args=[made.pk])
    page = browser.get(address).content.decode()
    assert reverse("open_data-staff:dataset", args=["trees"]) in page
    assert "Er hat keinen Titel." in page
    Harvested.objects.create(
        dataset=trees,
        source=source,
        iri="https://far.example/t",
        digest="0",
        original="x:t a x:y .",
    )
    kept = browser.get(reverse("open_data-staff:original", args=["trees"]))
    assert (kept.content, kept["Content-Type"]) == (b"x:t a x:y .", "text/turtle; charset=utf-8")
    page = browser.get(address, {"outcome": "new"}).content.decode()
    assert "Er hat keinen Titel." not in page


def test_the_list_takes_the_same_queries_for_any_number(as_, django_assert_max_num_queries):
    browser = as_("data")
    for n in range(12):
        source = Source.objects.create(name=f"Land {n}", url=f"http://1.1.1.1/{n}")
        Run.objects.create(source=source, state=Run.DONE)
    browser.get(reverse("open_data-staff:sources"))
    with django_assert_max_num_queries(14):
        browser.get(reverse("open_data-staff:sources"))


def test_the_worst_records_come_first_with_what_to_do(as_, catalogue):
    for n, one in enumerate(catalogue):
        bad = [Problem(code="description").kept()] if one.slug == "budget" else []
        Judgement.objects.create(dataset=one, points=100 if bad else 380 + n, problems=bad)
    browser = as_("data")
    address = reverse("open_data-staff:records")
    page = browser.get(address).content.decode()
    assert page.index("Haushalt") < page.index("Stellplätze")
    assert "Sagen Sie in zwei oder drei Sätzen" in page
    page = browser.get(address, {"show": "broken"}).content.decode()
    assert "Haushalt" in page
    assert "Stellplätze" not in page
