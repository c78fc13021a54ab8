"""The catalogue as RDF: three formats that say the same, by page, with negotiation and tags."""

import pytest
from django.test import Client
from django.urls import reverse
from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.compare import isomorphic

from stadtkern.kernel.catalogue.dcat import catalogue as whole
from stadtkern.kernel.catalogue.dcat.formats import wanted
from stadtkern.kernel.catalogue.models import Dataset

from .conftest import ODD, SITE, dataset

pytestmark = pytest.mark.django_db
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCT = Namespace("http://purl.org/dc/terms/")
DCATAP = Namespace("http://data.europa.eu/r5r/")
DCATDE = Namespace("http://dcat-ap.de/def/dcatde/")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
TREES = URIRef(f"{SITE}/data/datasets/trees")
READERS = {"ttl": "turtle", "rdf": "xml", "xml": "xml", "jsonld": "json-ld", "json": "json-ld"}


def graph(address: str, ending: str = "ttl", **more) -> Graph:
    answer = Client().get(f"{address}.{ending}", **more)
    assert answer.status_code == 200, answer.content
    return Graph().parse(data=answer.content, format=READERS[ending])


@pytest.mark.parametrize("address", ["/data/catalog", "/data/datasets/trees"])
def test_all_formats_say_the_same(catalogue, address):
    turtle = graph(address)
    assert len(turtle) > 100
    for ending in READERS:
        other = graph(address, ending)
        # Each format's pages name themselves.
        for found in (turtle, other):
            for page in list(found.subjects(RDF.type, HYDRA.PagedCollection)):
                found.remove((page, None, None))
        assert isomorphic(turtle, other)


def test_odd_characters_arrive(trees):
    titles = {str(one) for one in graph("/data/datasets/trees").objects(TREES, DCT.title)}
    assert titles == {ODD.replace("\x0b", ""), "Trees"}


def test_what_a_record_says(catalogue):
    said = graph("/data/catalog")
    value = lambda name: said.value(TREES, name)  # noqa: E731
    assert str(value(DCT.accrualPeriodicity)).endswith("/frequency/MONTHLY")
    assert str(value(DCATDE.politicalGeocodingLevelURI)).endswith("/Level/municipality")
    assert str(value(DCATAP.availability)).endswith("/planned-availability/STABLE")
    assert "POLYGON((7.2 51.5" in str(said.value(value(DCT.spatial), DCAT.bbox))
    assert str(said.value(value(DCT.temporal), DCAT.startDate)) == "2020-01-01"
    assert value(DCATDE.contributorID) is None
    assert str(value(DCAT.version)) == "1"
    for one in said.subjects(RDF.type, DCAT.Distribution):
        assert said.value(one, DCT.license), one
        assert said.value(one, DCAT.accessURL), one


def test_the_id_at_govdata_is_a_setting(trees, contributor):
    said = graph("/data/datasets/trees")
    assert str(said.value(TREES, DCATDE.contributorID)).endswith("/contributors/stadt")


def test_high_value_data_has_bulk_and_interface_both_marked_by_law(trees):
    said = graph("/data/datasets/trees")
    law = URIRef("http://data.europa.eu/eli/reg_impl/2023/138/oj")
    marked = set(said.subjects(DCATAP.applicableLegislation, law))
    of = [one for one in said.objects(TREES, DCAT.distribution) if one in marked]
    assert TREES in marked
    assert any((one, DCAT.downloadURL, None) in said for one in of)
    services = {said.value(one, DCAT.accessService) for one in of} - {None}
    assert services
    assert services <= marked
    for one in services:
        assert (one, DCAT.servesDataset, TREES) in said
        assert said.value(one, DCAT.endpointURL)
        assert said.value(one, DCAT.endpointDescription)


def test_a_file_that_came_has_its_size_and_checksum(catalogue):
    said = graph("/data/datasets/plan")
    [size] = said.objects(None, DCAT.byteSize)
    assert (str(size), str(size.datatype).rpartition("#")[2]) == ("4", "nonNegativeInteger")
    [digest] = said.objects(None, URIRef("http://spdx.org/rdf/terms#checksumValue"))
    assert str(digest) == "ab" * 32


def test_invented_data_says_so(catalogue):
    said = graph("/data/datasets/elsewhere")
    about = said.objects(URIRef(f"{SITE}/data/datasets/elsewhere"), DCT.description)
    assert any("erfunden" in str(one) for one in about)


def test_only_what_is_published_can_be_read(catalogue):
    listed = set(graph("/data/catalog").objects(None, DCAT.dataset))
    assert {str(one).rpartition("/")[2] for one in listed} == {
        "trees", "budget", "plan", "elsewhere", "bays", "came"
    }  # fmt: skip
    assert Client().get("/data/datasets/draft.ttl").status_code == 404


def test_pages_hold_each_dataset_once_and_lead_to_one_another(catalogue, monkeypatch):
    monkeypatch.setattr(whole, "PER_PAGE", 2)
    found, address = [], "/data/catalog.ttl"
    while address:
        answer = Client().get(address.removeprefix(SITE))
        said = Graph().parse(data=answer.content, format="turtle")
        found += list(said.objects(None, DCAT.dataset))
        assert [int(n) for n in said.objects(None, HYDRA.totalItems)] == [6]
        step = next(said.objects(None, HYDRA.next), None)
        assert step == next(said.objects(None, HYDRA.nextPage), None)
        assert (step is not None) == ('rel="next"' in answer["Link"])
        address = str(step or "")
    assert len(found) == len(set(found)) == 6
    for wrong in ("0", "4", "x", "99999999999"):
        assert Client().get(f"/data/catalog.ttl?page={wrong}").status_code == 404


@pytest.mark.parametrize("many", [1, 30])
def test_the_catalogue_takes_the_same_queries_for_any_number(
    trees, table, many, django_assert_num_queries
):
    for n in range(many):
        table(dataset(f"d{n}"))
    Client().get("/data/catalog.ttl")
    with django_assert_num_queries(5):
        Client().get("/data/catalog.ttl")


def test_who_has_it_already_gets_it_again_only_when_it_changed(trees):
    for address in ("/data/catalog.ttl", "/data/datasets/trees.ttl"):
        tag = Client().get(address)["ETag"]
        again = Client().get(address, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
    trees.keywords = ["Laub"]
    trees.modified = trees.modified.replace(year=2027)
    trees.save()
    for address in ("/data/catalog.ttl", "/data/datasets/trees.ttl"):
        assert Client().get(address, headers={"If-None-Match": tag}).status_code == 200


def test_a_withdrawn_dataset_changes_the_tag(catalogue):
    tag = Client().get("/data/catalog.ttl")["ETag"]
    Dataset.objects.filter(slug="plan").update(state=Dataset.WITHDRAWN)
    assert Client().get("/data/catalog.ttl")["ETag"] != tag


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/turtle", "text/turtle"),
        ("application/rdf+xml, text/html;q=0.5", "application/rdf+xml"),
        ("application/ld+json", "application/ld+json"),
        ("text/html;q=0.2, text/turtle;q=0.9", "text/turtle"),
    ],
)
def test_programs_get_the_format_they_ask_for(trees, accept, kind):
    for address in ("/data/catalog", "/data/datasets/trees"):
        answer = Client().get(address, headers={"Accept": accept})
        assert answer["Content-Type"].startswith(kind)
        assert "Accept" in answer["Vary"]


def test_people_are_led_to_the_page(trees):
    browser = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    answer = Client().get("/data/datasets/trees", headers=browser)
    assert (answer.status_code, answer["Location"]) == (
        303, reverse("open_data:dataset", args=["trees"])
    )  # fmt: skip
    assert Client().get("/data/catalog")["Location"] == reverse("open_data:home")


@pytest.mark.parametrize("accept", ["", "*/*", "text/turtle;q=x", ";", "image/png"])
def test_without_a_wish_a_program_still_gets_something(accept):
    assert wanted(accept, page=False).ending == "ttl"
    assert wanted(accept, page=True) is None


def test_off_means_gone(trees, switched_off):
    switched_off("open_data")
    for address in ("/data/catalog.ttl", "/data/datasets/trees.ttl", "/data/feed.atom"):
        assert Client().get(address).status_code == 404


def test_a_harvested_record_tells_on_what_it_said_and_where_it_is_from(catalogue):
    came = URIRef(f"{SITE}/data/datasets/came")
    said = graph("/data/datasets/came")
    assert str(said.value(came, DCATDE.contributorID)).endswith("/openNRW")
    derived = URIRef("http://www.w3.org/ns/prov#wasDerivedFrom")
    assert str(said.value(came, derived)) == "https://far.example/came"
    assert [str(size) for size in said.objects(None, DCAT.byteSize)] == ["7"]
    assert (came, DCATDE.politicalGeocodingLevelURI, None) not in said
