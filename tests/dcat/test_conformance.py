"""Records conform to the published shapes; planted faults are found by these and by our rules."""

import pytest
from django.utils.translation import override

from stadtkern.kernel.catalogue.dcat import catalogue, check, judging, record, rules, scores
from stadtkern.kernel.catalogue.dcat.formats import TURTLE
from stadtkern.kernel.catalogue.dcat.nodes import Iri, Literal
from stadtkern.kernel.catalogue.models import Dataset, Judgement

from .conftest import SITE, dataset, shapes_folder

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def lists(monkeypatch):
    """With the published lists where they are at hand."""
    if folder := shapes_folder():
        monkeypatch.setenv("STADTKERN_SHAPES", str(folder))
    return folder


def whole_page() -> str:
    """A page of the catalogue in Turtle, as everybody gets it."""
    from django.test import Client

    return Client().get("/data/catalog.ttl").content.decode()


def violations(found):
    return [one for one in found if one["severity"] == "Violation"]


def test_the_catalogue_conforms_to_the_published_shapes(catalogue, contributor):
    [found] = check.results([whole_page()])
    assert violations(found) == []


def test_the_german_vocabularies_are_looked_at_where_they_are_at_hand(trees, lists):
    if lists is None:
        pytest.skip("STADTKERN_SHAPES names no folder with the lists: only our own rules looked")
    trees.rhythm = "SOMETIMES"
    trees.save()
    [found] = check.results([whole_page()])
    assert any("accrualPeriodicity" in one["message"] for one in violations(found))


def nodes_of(one):
    return record.document(catalogue.fetched(Dataset.objects.filter(pk=one.pk)).get(), SITE)


def without(name, kind):
    def change(nodes):
        for node in nodes:
            if kind in node.types:
                node.facts = [fact for fact in node.facts if fact[0] != name]

    return change


def with_value(name, kind, value):
    def change(nodes):
        without(name, kind)(nodes)
        for node in nodes:
            if kind in node.types:
                node.add(name, value)

    return change


FAULTS = {
    "title": without("dct:title", "dcat:Dataset"),
    "description": without("dct:description", "dcat:Dataset"),
    "publisher": without("dct:publisher", "dcat:Dataset"),
    "licence": without("dct:license", "dcat:Distribution"),
    "access": without("dcat:accessURL", "dcat:Distribution"),
    "contact": without("vcard:hasEmail", "vcard:Kind"),
    "period": without("dcat:startDate", "dct:PeriodOfTime"),
    "no name": without("foaf:name", "foaf:Agent"),
    "mail as text": with_value("vcard:hasEmail", "vcard:Kind", Literal("daten@stadt.example")),
    "service without address": without("dcat:endpointURL", "dcat:DataService"),
}


def test_planted_faults_are_found_by_the_shapes_and_by_our_own_rules(trees):
    documents, own = [], []
    for fault in FAULTS.values():
        nodes = nodes_of(trees)
        fault(nodes)
        documents.append(TURTLE.document([TURTLE.part(nodes)]))
        own.append(rules.broken(nodes))
    for name, ours, theirs in zip(FAULTS, own, check.results(documents), strict=True):
        assert any(one.must for one in ours), name
        assert violations(theirs), name
    for name, ours in zip(FAULTS, own, strict=True):
        if name in ("title", "description", "publisher", "licence", "access", "contact", "period"):
            assert name in {one.code for one in ours}, name


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (with_value("dcat:theme", "dcat:Dataset", Iri("http://x.example/NICE")), "theme_unknown"),
        (
            with_value("dct:accrualPeriodicity", "dcat:Dataset", Iri("http://x/OFTEN")),
            "rhythm_unknown",
        ),
        (with_value("dct:format", "dcat:Distribution", Iri("http://x/FOO")), "format_unknown"),
        (with_value("dct:license", "dcat:Distribution", Iri("http://x/mine")), "licence_unknown"),
        (without("dcat:downloadURL", "dcat:Distribution"), "hvd_bulk"),
        (without("dcat:accessService", "dcat:Distribution"), "hvd_api"),
        (without("dcatap:applicableLegislation", "dcat:Dataset"), "hvd"),
    ],
)
def test_our_rules_know_the_lists_and_the_duty_of_high_value_data(trees, change, code):
    nodes = nodes_of(trees)
    assert not [one for one in rules.broken(nodes) if one.must]
    change(nodes)
    assert code in {one.code for one in rules.broken(nodes)}


def test_a_clerk_reads_what_to_do_in_both_languages(db):
    poor = dataset("poor", about="", about_en="", themes=[], keywords=[], keywords_en=[])
    found = check.problems(poor, shapes=False)
    assert {one.code for one in found if one.must} == {"description", "distribution"}
    with override("de"):
        assert "Sagen Sie in zwei oder drei Sätzen" in " ".join(one.sentence for one in found)
    with override("en"):
        assert "Choose at least one." in " ".join(one.sentence for one in found)


def test_a_check_that_breaks_down_says_so_and_leaves_our_own_rules(trees, monkeypatch):
    monkeypatch.setattr(check.sys, "executable", "/bin/false")
    [problem] = [one for one in check.problems(trees) if one.code == "check"]
    assert not problem.must


def test_every_night_all_records_are_judged(catalogue):
    Dataset.objects.filter(slug="budget").update(about="", about_en="")
    assert judging.judge_all() == "6 checked, 1 do not conform"
    bad = Judgement.objects.get(dataset__slug="budget")
    good = Judgement.objects.get(dataset__slug="trees")
    assert "description" in {problem[0] for problem in bad.problems}
    assert 0 < bad.points < good.points <= scores.MOST
    Dataset.objects.exclude(slug="trees").update(state=Dataset.WITHDRAWN)
    assert judging.judge_all() == "1 checked, 0 do not conform"
    assert not Judgement.objects.filter(pk=bad.pk).exists()
