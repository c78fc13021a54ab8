"""From the choice of a table to the improved one beside it, through the pages."""

import msgspec
import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.catalogue.models import Resource, Version
from stadtkern.kernel.catalogue.tables.read import Query, read
from stadtkern.systems.data_improvement import applying, deciding, examining, recipes
from stadtkern.systems.data_improvement.models import Examination, Improvement, Proposal
from stadtkern.systems.data_improvement.tests.conftest import spoiled

pytestmark = pytest.mark.django_db


def at(name, *args):
    return reverse(f"data_improvement-staff:{name}", args=args)


def rows_of(resource):
    version = Version.objects.get(resource=resource, current=True)
    page = read(version, Query(limit=500))
    return [dict(zip(page.columns, row, strict=True)) for row in page.rows]


def test_a_table_is_examined_decided_on_and_improved(signed_in, table):
    client = signed_in("curator")
    resource = table()
    assert "Liste der Orte" in client.get(at("new")).content.decode()
    answer = client.post(at("new"), {"resource": resource.pk})
    one = Examination.objects.get()
    assert answer.url == at("examination", one.pk)
    assert "wird geprüft" in client.get(answer.url).content.decode()
    examining.run(one.pk)
    page = client.get(at("examination", one.pk)).content.decode()
    for said in (
        "Bahnhofstraße 5",
        "44624",
        "Grundschule",
        "Doppelte Zeilen",
        "Falsche Positionen",
    ):
        assert said in page
    # One by one: accepting leads to the next open one.
    first = one.proposals.get(kind="postcode")
    shown = client.get(at("proposal", one.pk, first.number)).content.decode()
    assert "44623" in shown
    assert "nächstgelegenen haben 44624" in shown
    answer = client.post(at("proposal", one.pk, first.number), {"do": "accept"})
    assert answer.url != at("proposal", one.pk, first.number)
    # All of a kind, then some with a reason refused.
    client.post(at("decide", one.pk), {"do": "accept:spelling"})
    client.post(at("decide", one.pk), {"do": "accept:duplicate"})
    position = one.proposals.get(kind="position")
    where = at("decide", one.pk) + "?kind=position"
    client.post(where, {"do": "refuse", "number": position.number})
    assert one.proposals.get(pk=position.pk).state == "open"
    client.post(where, {"do": "refuse", "number": position.number, "reason": "Steht im Ausland."})
    assert one.proposals.get(pk=position.pk).refusal == "Steht im Ausland."
    answer = client.post(at("apply", one.pk))
    made = Improvement.objects.get()
    assert answer.url == at("improvement", made.pk)
    improved = Resource.objects.get(slug="liste-verbessert")
    after = {row["id"]: row for row in rows_of(improved)}
    assert after[109]["plz"] == "44624"
    assert after[113]["art"] == "Grundschule"
    assert 900 not in after
    assert after[117]["geometry"]["coordinates"] == [51.538, 7.22]
    # The original stays as it was.
    before = {row["id"]: row for row in rows_of(resource)}
    assert before[109]["plz"] == "44623"
    assert 900 in before
    verbs = set(Entry.objects.values_list("verb", flat=True))
    assert {"data_improvement.examine", "data_improvement.accept", "data_improvement.refuse",
            "data_improvement.apply"} <= verbs  # fmt: skip


@pytest.fixture
def improved(examined):
    """A function that accepts these kinds and applies them."""

    def apply(*kinds, **told):
        one = examined(**told)
        chosen = Proposal.objects.filter(kind__in=kinds or ("postcode", "spelling", "position"))
        deciding.decide("test", one, chosen, Proposal.ACCEPTED)
        return applying.apply("test", one)

    return apply


def test_everybody_sees_what_was_changed_and_can_do_it_again(improved):
    made = improved()
    client = Client()
    assert "Liste der Orte" in client.get("/bessere-daten/").content.decode()
    page = client.get(f"/bessere-daten/{made.pk}/").content.decode()
    assert "44624" in page
    assert "haben 44624" in page
    recipe = recipes.read(client.get(f"/bessere-daten/{made.pk}/recipe.json").content)
    lines = client.get(f"/bessere-daten/{made.pk}/source.jsonl").getvalue().splitlines()
    outcome = recipes.replay(recipe, recipe.columns, [msgspec.json.decode(one) for one in lines])
    stored = Version.objects.get(resource=made.resource, current=True).digest
    assert recipes.digest_of(outcome.rows) == recipe.result["digest"] == stored
    assert "account" not in client.get(f"/bessere-daten/{made.pk}/recipe.json").content.decode()
    one = client.get(f"/bessere-daten/{made.pk}/?kind=spelling").content.decode()
    assert "Grundshcule" in one
    assert "44624" not in one


def test_portal_and_record_say_where_the_improved_rows_come_from(improved):
    made = improved()
    client = Client()
    dataset = made.dataset
    page = client.get(reverse("open_data:dataset", args=[dataset.slug])).content.decode()
    assert "Liste der Orte (verbessert)" in page
    assert "Postleitzahlen: 1" in page
    rdf = client.get(reverse("open_data-dcat:dataset", args=[dataset.slug, "ttl"])).content.decode()
    assert "#provenance-liste-verbessert" in rdf
    assert f"/bessere-daten/{made.pk}/recipe.json" in rdf
    assert "prov:wasDerivedFrom" in rdf
    import rdflib

    graph = rdflib.Graph().parse(data=rdf, format="turtle")
    derived = {
        (str(a).rpartition("#")[2], str(b).rpartition("#")[2])
        for a, b in graph.subject_objects(rdflib.URIRef("http://www.w3.org/ns/prov#wasDerivedFrom"))
    }
    assert ("liste-verbessert-csv", "liste-csv") in derived


def test_two_runs_give_the_same_proposals_and_the_same_recipe(examined, table):
    def told(one):
        return list(one.proposals.values_list("kind", "method", "cells", "said", "confidence"))

    first = examined()
    resource = first.resource
    second = examining.start_table("test", resource)
    examining.run(second.pk)
    again = Examination.objects.get(pk=second.pk)
    assert told(first) == told(again)
    assert first.digest == again.digest
    # A job that runs twice stores nothing twice.
    count = again.proposals.count()
    assert "is done" in examining.run(again.pk)
    Examination.objects.filter(pk=again.pk).update(state="running")
    examining.run(again.pk)
    assert again.proposals.count() == count


def test_a_waiting_examination_is_not_doubled(table):
    resource = table()
    assert examining.start_table("a", resource) == examining.start_table("b", resource)
    with pytest.raises(IntegrityError), transaction.atomic():
        Examination.objects.create(
            dataset=resource.dataset, resource=resource, title="x", by="test", state="running"
        )


def test_a_new_version_of_the_source_shows_what_no_longer_fits(signed_in, improved, table):
    client = signed_in("curator")
    made = improved()
    newer = [{"id": 1, "name": "Neu", "art": "Grundschule", "strasse": "Westring 1", "plz": "44625",
              "geometry": None}, *spoiled()]  # fmt: skip
    newer[10]["plz"] = "44629"
    table(newer)
    page = client.post(at("improvement-act", made.pk), {"do": "try"}).content.decode()
    assert "1 Zelle passt nicht mehr" in page
    assert "44629" in page
    client.post(at("improvement-act", made.pk), {"do": "again"})
    after = {row["id"]: row for row in rows_of(made.resource)}
    assert after[1]["name"] == "Neu"
    assert after[113]["art"] == "Grundschule"
    assert after[109]["plz"] == "44629"
    newest = Improvement.objects.get(current=True)
    assert newest.pk != made.pk
    assert "neuere" in Client().get(f"/bessere-daten/{made.pk}/").content.decode()
    assert applying.is_the_same(newest)


def test_the_recipe_is_checked_against_what_is_published(signed_in, improved):
    client = signed_in("curator")
    made = improved()
    page = client.post(at("improvement-act", made.pk), {"do": "check"}).content.decode()
    assert "Byte für Byte" in page
    Version.objects.filter(resource=made.resource).update(digest="0" * 64)
    page = client.post(at("improvement-act", made.pk), {"do": "check"}).content.decode()
    assert "ergibt nicht mehr" in page


def test_an_improved_table_can_be_withdrawn(signed_in, improved):
    client = signed_in("curator")
    made = improved()
    client.post(at("improvement-act", made.pk), {"do": "withdraw"})
    assert not Resource.objects.filter(slug="liste-verbessert").exists()
    assert Client().get(f"/bessere-daten/{made.pk}/").status_code == 404
    assert "zurückgezogen" in client.get(at("improvement", made.pk)).content.decode()


def test_a_record_described_by_staff_is_improved_and_one_of_a_system_is_not(improved, examined):
    made = improved("record", about="Kurz.", title="Schulen der Stadt")
    made.dataset.refresh_from_db()
    assert "Schule" in made.dataset.keywords
    assert "41 Zeilen" in made.dataset.about
    other = examined(slug="fremd", origin="declared", system="parking")
    assert not other.proposals.filter(kind="record").exists()


def test_a_decision_can_be_taken_back_until_it_is_applied(signed_in, examined):
    client = signed_in("curator")
    one = examined()
    number = one.proposals.get(kind="postcode").number
    client.post(at("decide", one.pk), {"do": "accept", "number": number})
    client.post(at("decide", one.pk), {"do": "reopen", "number": number})
    assert one.proposals.get(number=number).state == "open"
    answer = client.post(at("apply", one.pk), follow=True)
    assert "mindestens einen Vorschlag" in answer.content.decode()
    assert not Improvement.objects.exists()


def test_who_may_only_look_decides_nothing(signed_in, examined):
    one = examined()
    client = signed_in("reader")
    assert client.get(at("examination", one.pk)).status_code == 200
    number = one.proposals.first().number
    for name, args, said in (
        ("decide", [one.pk], {"do": "accept", "number": number}), ("apply", [one.pk], {}),
        ("new", [], {}),
    ):  # fmt: skip
        assert client.post(at(name, *args), said).status_code == 403
    client.post(at("proposal", one.pk, number), {"do": "accept"})
    assert not one.proposals.exclude(state="open").exists()
    client.logout()
    assert client.get(at("home")).status_code == 302
    assert signed_in("").get(at("home")).status_code == 403


def test_bad_input_is_told_and_breaks_nothing(signed_in, examined):
    client = signed_in("curator")
    one = examined()
    assert client.post(at("new"), {"resource": "999999"}).status_code == 422
    assert client.post(at("new"), {"dataset": "x", "observed": "y"}).status_code == 422
    assert client.post(at("decide", one.pk), {"do": "explode"}).status_code == 404
    for query in ("?sure=viel&kind=nichts&page=99", "?q=%00'\"", "?column=" + "x" * 500):
        assert client.get(at("examination", one.pk) + query).status_code == 200
    assert client.get(at("points", one.pk) + "?number=x").status_code == 200
    assert client.get(at("proposal", one.pk, 99_999)).status_code == 404
    assert Client().get("/bessere-daten/99/recipe.json").status_code == 404


def test_a_table_that_is_too_large_is_refused_with_a_reason(signed_in, table, monkeypatch):
    from stadtkern.systems.data_improvement import sources

    monkeypatch.setattr(sources, "MOST_ROWS", 10)
    client = signed_in("curator")
    client.post(at("new"), {"resource": table().pk})
    one = Examination.objects.get()
    examining.run(one.pk)
    page = client.get(at("examination", one.pk)).content.decode()
    assert "höchstens 10 Zeilen" in page


def test_lists_take_the_same_number_of_queries(signed_in, examined):
    client = signed_in("curator")
    one = examined()

    def queries(address):
        with CaptureQueriesContext(connection) as counted:
            assert client.get(address).status_code == 200
        return len(counted)

    few = queries(at("examination", one.pk)), queries(at("home"))
    for number in range(1000, 1030):
        Proposal.objects.create(
            examination=one, number=number, kind="spelling", method="slip", action="set",
            column="art", cells=[[1, "art", "a", "b"]], size=1, reason="spelling.slip",
            said={"new": "b", "old": "a", "count": 3}, confidence=0.9,
        )  # fmt: skip
        Examination.objects.create(dataset=one.dataset, title="x", by="test", state="failed")
    assert (queries(at("examination", one.pk)), queries(at("home"))) == few


def test_the_map_shows_before_and_after(signed_in, examined):
    client = signed_in("curator")
    one = examined()
    number = one.proposals.get(kind="position").number
    found = client.get(at("points", one.pk) + f"?number={number}").json()["features"]
    states = {f["properties"]["state"]: f["geometry"]["coordinates"] for f in found}
    assert states == {"tight": [51.538, 7.22], "good": [7.22, 51.538]}
