"""Other catalogues in ours: what comes, changes, goes, is refused, and never harms."""

import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest
from django.test import Client
from rdflib import RDF, Graph, Namespace

from stadtkern.kernel import registry
from stadtkern.kernel.catalogue import publishers
from stadtkern.kernel.catalogue.dcat import catalogue as whole
from stadtkern.kernel.catalogue.harvest import fetch, graph, reading, run, store, words
from stadtkern.kernel.catalogue.models import Dataset, Harvested, Publisher, Resource, Run, Source

from .conftest import shapes_folder

pytestmark = pytest.mark.django_db
DCAT = Namespace("http://www.w3.org/ns/dcat#")
PREFIXES = """@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix hydra: <http://www.w3.org/ns/hydra/core#> .
@prefix l: <http://dcat-ap.de/def/licenses/> . @prefix x: <https://far.example/> .
"""


def turtle(*names, title="", **more):
    """A catalogue with these datasets."""
    licence = more.get("licence", "dct:license <http://dcat-ap.de/def/licenses/cc-zero>")
    return PREFIXES + "".join(
        f'x:{name} a dcat:Dataset ; dct:title "{title or name}"@de ; dct:description "Über {name}" ;'
        f' dct:publisher [ a foaf:Agent ; foaf:name "Amt {name}" ] ; dcat:distribution x:{name}-d .\n'
        f"x:{name}-d a dcat:Distribution ; dcat:accessURL <https://far.example/{name}.csv> ; {licence} .\n"
        for name in names
    )


class Elsewhere(BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        server.asked.append((self.path, dict(self.headers)))
        code, headers, body = server.pages.get(self.path, (404, {}, b""))
        if headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
            code, body = 304, b""
        self.send_response(code)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said):
        pass


@pytest.fixture
def elsewhere(city, monkeypatch):
    """Another server on loopback, which the city allows: `elsewhere.put("/cat", text)`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    server.pages, server.asked = {}, []
    server.url = f"http://127.0.0.1:{server.server_port}"

    def put(path, body, kind="text/turtle", code=200, **headers):
        data = body if isinstance(body, bytes) else body.encode()
        server.pages[path] = (code, {"Content-Type": kind, **headers}, data)

    server.put = put
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settle(monkeypatch, city)
    monkeypatch.setattr(fetch, "leaf", read_here)
    yield server
    server.shutdown()
    server.server_close()


READ_APART = fetch.leaf


def read_here(document):
    """As a process of its own would, without the second that it takes to begin."""
    return reading.read(document.body, document.kind, document.url)


@pytest.fixture
def apart(elsewhere, monkeypatch):
    """Documents are read in a process of their own, as always but in these tests."""
    monkeypatch.setattr(fetch, "leaf", READ_APART)


def settle(monkeypatch, city, address=None, networks=("127.0.0.0/8",)):
    known = msgspec.structs.replace(city.catalogue, private_networks=networks)
    web = msgspec.structs.replace(city.web, address=address or city.web.address)
    changed = msgspec.structs.replace(city, catalogue=known, web=web)
    monkeypatch.setattr(registry, "city", lambda: changed)


@pytest.fixture
def source(elsewhere):
    return Source.objects.create(name="Nachbarstadt", url=f"{elsewhere.url}/cat")


def read(source, **how):
    """A run to its end."""
    source.refresh_from_db()
    made = run.begin(source, by="test", **how)
    run.perform(made.pk)
    made.refresh_from_db()
    return made


def test_what_is_new_comes_what_changed_changes_what_is_gone_is_withdrawn(source, elsewhere):
    elsewhere.put("/cat", turtle("a", "b"))
    assert read(source).counts == {"new": 2}
    assert read(source).counts == {"unchanged": 2}
    first = Dataset.objects.get(harvested__iri="https://far.example/a")
    elsewhere.put("/cat", turtle("a", title="Anders"))
    made = read(source)
    assert made.counts == {"changed": 1, "gone": 1}
    assert {(line.outcome, line.dataset.title) for line in made.lines.all()} == {
        ("changed", "Anders"), ("gone", "b"),
    }  # fmt: skip
    first.refresh_from_db()
    assert (first.title, first.state) == ("Anders", Dataset.PUBLISHED)
    gone = Dataset.objects.get(harvested__iri="https://far.example/b")
    assert gone.state == Dataset.WITHDRAWN
    elsewhere.put("/cat", turtle("a", "b"))
    assert read(source).counts == {"changed": 2}
    gone.refresh_from_db()
    assert gone.state == Dataset.PUBLISHED


def test_it_is_on_record_where_a_dataset_comes_from(source, elsewhere, apart):
    elsewhere.put("/cat", turtle("a"))
    read(source)
    kept = Harvested.objects.get()
    assert (kept.iri, kept.source) == ("https://far.example/a", source)
    assert "Über a" in kept.original
    assert kept.dataset.publisher.name == "Amt a"
    said = Client().get(f"/data/datasets/{kept.dataset.slug}.ttl").content.decode()
    assert "<https://far.example/a>" in said
    assert "Übernommen aus: Nachbarstadt" in said


def test_what_staff_withdrew_stays_withdrawn(source, elsewhere):
    elsewhere.put("/cat", turtle("a"))
    read(source)
    Dataset.objects.update(state=Dataset.WITHDRAWN)
    elsewhere.put("/cat", turtle("a", title="Neu"))
    read(source)
    found = Dataset.objects.get()
    assert (found.title, found.state) == ("Neu", Dataset.WITHDRAWN)


def test_a_trial_shows_what_would_come_and_changes_nothing(source, elsewhere):
    elsewhere.put("/cat", turtle("a", "b", licence="dct:title 'no licence'"))
    made = read(source, rehearsal=True)
    assert made.counts == {"refused": 2}
    assert "Lizenz" in made.lines.first().reason
    source.licence = "dl-by-de/2.0"
    source.save()
    made = read(source, rehearsal=True)
    assert made.counts == {"new": 2}
    assert not Dataset.objects.exists()


def test_a_source_that_lost_most_of_its_datasets_must_be_confirmed(source, elsewhere):
    names = [f"d{n}" for n in range(12)]
    elsewhere.put("/cat", turtle(*names))
    read(source)
    elsewhere.put("/cat", turtle("d0"))
    made = read(source)
    assert made.state == Run.FAILED
    assert "11 von 12" in made.problem
    assert Dataset.objects.published().count() == 12
    assert read(source, sweep=True).counts == {"unchanged": 1, "gone": 11}


def test_what_did_not_change_is_not_read_again(source, elsewhere):
    elsewhere.put("/cat", turtle("a"), ETag='"1"')
    read(source)
    made = read(source)
    assert elsewhere.asked[-1][1]["If-None-Match"] == '"1"'
    assert (made.state, made.counts) == (Run.DONE, {"unchanged": 1})
    assert Dataset.objects.published().count() == 1


def test_pages_are_followed_and_nothing_is_withdrawn_when_one_is_missing(source, elsewhere):
    more = f"<{elsewhere.url}/cat> a hydra:PagedCollection ; hydra:next <{elsewhere.url}/2> .\n"
    elsewhere.put("/cat", turtle("a") + more, ETag='"1"')
    elsewhere.put("/2", turtle("b"))
    assert read(source).counts == {"new": 2}
    elsewhere.put("/2", "", code=500)
    made = read(source)
    assert made.state == Run.FAILED
    assert "500" in made.problem
    assert Dataset.objects.published().count() == 2
    elsewhere.put("/2", turtle("b") + more)
    assert "im Kreis" in read(source).problem


@pytest.mark.parametrize("same", ["iri", "identifier", "address", "page"])
def test_a_dataset_that_came_another_way_is_not_taken_twice(source, elsewhere, same):
    elsewhere.put("/cat", turtle("a"))
    read(source)
    Dataset.objects.update(landing_page="https://far.example/page/a")
    texts = {
        "iri": turtle("a").replace("a.csv", "z.csv"),
        "identifier": turtle("q").replace(
            "dct:title", 'dct:identifier "https://far.example/a" ; dct:title', 1),
        "address": turtle("q").replace("q.csv", "a.csv"),
        "page": turtle("q", title="A").replace(
            "dct:title", "dcat:landingPage <https://far.example/page/a> ; dct:title", 1),
    }  # fmt: skip
    elsewhere.put("/other", texts[same])
    other = Source.objects.create(name="Land", url=f"{elsewhere.url}/other")
    made = read(other)
    assert made.counts == {"refused": 1}, made.lines.first()
    assert Dataset.objects.count() == 1


def test_our_own_datasets_that_come_back_are_recognised(source, elsewhere, trees):
    elsewhere.put("/cat", Client().get("/data/catalog.ttl").content)
    made = read(source)
    assert made.counts == {"refused": 1}
    assert "unser eigener" in made.lines.first().reason


def test_round_trip_through_a_second_city(elsewhere, city, contributor, catalogue, monkeypatch):
    settle(monkeypatch, registry.city(), elsewhere.url)
    monkeypatch.setattr(whole, "PER_PAGE", 2)
    for address in ("/data/catalog.ttl", "/data/catalog.ttl?page=2", "/data/catalog.ttl?page=3"):
        elsewhere.put(address, Client().get(address).content)
    first = compared(elsewhere.url)
    assert len(first) == 6
    Dataset.objects.all().delete()
    Source.objects.all().delete()
    Publisher.objects.all().delete()
    settle(monkeypatch, registry.city(), "https://zweite.example")
    there = Source.objects.create(name="Erste", url=f"{elsewhere.url}/data/catalog.ttl")
    assert read(there).counts == {"new": 6}
    second = compared("https://zweite.example")
    for name, facts in first.items():
        assert facts <= second[name], name
        # What named no format of the European list has one now, by its media type.
        assert all(path.endswith("terms/format") for path, _ in second[name] - facts)


SAME = """
prefix dcat: <http://www.w3.org/ns/dcat#> prefix dct: <http://purl.org/dc/terms/>
prefix dcatap: <http://data.europa.eu/r5r/> prefix dcatde: <http://dcat-ap.de/def/dcatde/>
prefix foaf: <http://xmlns.com/foaf/0.1/> prefix vcard: <http://www.w3.org/2006/vcard/ns#>
select ?id ?path ?value where {
  ?d a dcat:Dataset ; dct:identifier ?id .
  { values ?path { dct:title dct:description dcat:keyword dcat:theme dct:accrualPeriodicity
      dcatap:hvdCategory dcatap:applicableLegislation dcatap:availability dct:accessRights
      dcatde:contributorID dcatde:politicalGeocodingLevelURI dct:language dct:issued dct:modified }
    ?d ?path ?value }
  union { ?d dct:publisher/foaf:name ?value bind("publisher" as ?path) }
  union { ?d dcat:contactPoint/vcard:hasEmail ?value bind("contact" as ?path) }
  union { ?d dct:spatial/dcat:bbox ?value bind("box" as ?path) }
  union { ?d dct:temporal/dcat:startDate ?value bind("start" as ?path) }
  union { ?d dcat:distribution ?o . values ?step { dcat:accessURL dcat:downloadURL dct:format
            dcat:mediaType dct:license dcatap:applicableLegislation dcatap:availability
            dcat:byteSize dcatde:licenseAttributionByText }
          ?o dcat:accessURL ?url ; ?step ?value bind(concat(str(?url), " ", str(?step)) as ?path) }
}"""


def compared(site):
    """What each dataset says that must survive, by its identifier."""
    said = Graph()
    for page in (1, 2, 3):
        said.parse(data=Client().get(f"/data/catalog.ttl?page={page}").content, format="turtle")
    found = {}
    for name, path, value in said.query(SAME):
        found.setdefault(str(name), set()).add((str(path), str(value)))
    return found


def test_ckan_portals_are_read_page_by_page(elsewhere):
    def package(n):
        return {
            "id": f"0000-{n:04}-uuid-uuid-uuid", "name": f"p{n}", "title": f"Paket {n}", "notes": "x",
            "license_id": "dl-de-by-2.0", "organization": {"title": "Amt"},
            "tags": [{"name": "rad", "display_name": "Rad"}], "groups": [{"name": "verkehr"}],
            "extras": [{"key": "contributorID",
                        "value": '["http://dcat-ap.de/def/contributors/openNRW"]'}],
            "resources": [{"url": f"https://ckan.example/{n}.csv", "format": "CSV", "size": 12}],
        }  # fmt: skip

    packages = [package(n) for n in range(3)]
    address = "/api/3/action/package_search?rows=100&start={}&sort=id+asc"
    for start, part in ((0, packages[:2]), (2, packages[2:])):
        answer = {"success": True, "result": {"count": 3, "results": part}}
        elsewhere.put(address.format(start), json.dumps(answer), "application/json")
    portal = Source.objects.create(name="CKAN", url=elsewhere.url, kind=Source.CKAN)
    assert read(portal).counts == {"new": 3}
    found = Dataset.objects.get(title="Paket 2")
    assert (found.licence, found.themes, found.keywords) == ("dl-by-de/2.0", ["TRAN"], ["Rad"])
    assert found.resources.get().format == "CSV"
    assert ["dcatde:contributorID", "http://dcat-ap.de/def/contributors/openNRW"] in (
        found.harvested.facts[""]
    )
    elsewhere.put(address.format(0), "<html>", "text/html")
    assert "package_search" in read(portal).problem


def test_names_of_publishers_are_those_that_staff_chose(source, elsewhere):
    elsewhere.put("/cat", turtle("a", "b"))
    source.names = {"Amt a": "Stadtamt"}
    source.save()
    read(source)
    assert {one.publisher.name for one in Dataset.objects.all()} == {"Stadtamt", "Amt b"}
    source.publisher = publishers.city()
    source.save()
    elsewhere.put("/cat", turtle("a", "b", title="neu"))
    read(source)
    assert {one.publisher for one in Dataset.objects.all()} == {publishers.city()}


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://localhost/", "http://10.0.0.1/", "http://169.254.169.254/",
     "http://[::1]/", "ftp://far.example/", "file:///etc/passwd", "http://u:p@far.example/"],
)  # fmt: skip
def test_nothing_inside_is_reached(url, db):
    with pytest.raises(fetch.NotRead):
        fetch.get(url)


def test_nobody_is_led_inside(source, elsewhere, city, monkeypatch):
    settle(monkeypatch, city, networks=("127.0.0.1/32",))
    elsewhere.put("/cat", "", code=302, Location="http://127.0.0.2/secret")
    made = read(source)
    assert "127.0.0.2" in made.problem
    elsewhere.put("/cat", "", code=302, Location="/cat")
    assert made.state == Run.FAILED
    assert "immer weiter" in read(source).problem


def test_a_document_has_a_size(source, elsewhere, monkeypatch):
    monkeypatch.setattr(fetch, "MOST", 1000)
    bomb = gzip.compress(b"#" * 2_000_000)
    elsewhere.put("/cat", bomb, **{"Content-Encoding": "gzip"})
    assert "größer" in read(source).problem


HARM = {
    "entities": ("application/rdf+xml", """<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">
        <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
        <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">&b;</rdf:RDF>"""),
    "file": ("application/rdf+xml", """<?xml version="1.0"?>
        <!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>
        <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">&a;</rdf:RDF>"""),
    "context": ("application/ld+json", '{"@context": "http://127.0.0.1:1/c", "@id": "x:y"}'),
    "inner context": ("application/ld+json",
                      '{"@id": "x:y", "x:z": [{"@context": ["http://10.0.0.1/"]}]}'),
    "nonsense": ("text/turtle", "this is no turtle"),
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(HARM))
def test_harmful_documents_are_refused_with_a_reason(source, elsewhere, apart, kind):
    media_type, body = HARM[kind]
    elsewhere.put("/cat", body, media_type)
    made = read(source)
    assert made.state == Run.FAILED
    assert made.problem.startswith("Das Dokument ist nicht lesbar")


def test_what_is_due_is_queued_once(source):
    assert run.due() == "0 begun"
    Source.objects.update(rhythm="hourly")
    assert run.due() == "1 begun"
    assert run.due() == "0 begun"
    Source.objects.update(due=None)
    assert run.due() == "0 begun"
    assert Run.objects.count() == 1


def test_a_run_that_broke_off_begins_anew(source, elsewhere):
    elsewhere.put("/cat", turtle("a"))
    made = run.begin(source, by="test")
    Run.objects.update(state=Run.RUNNING)
    run.perform(made.pk)
    assert run.perform(made.pk) == "done already"
    assert Dataset.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("https://www.dcat-ap.de/def/licenses/cc-zero", "cc-zero"),
        ("http://creativecommons.org/licenses/by/4.0/deed.de", "cc-by/4.0"),
        ("https://www.govdata.de/dl-de/zero-2-0", "dl-zero-de/2.0"),
        ("http://publications.europa.eu/resource/authority/licence/CC0", "cc-zero"),
        ("dl-de-by-2.0", "dl-by-de/2.0"),
        ("https://far.example/mine", "https://far.example/mine"),
        ("irgendwas", ""),
    ],
)
def test_licences_of_all_kinds_are_understood(said, key):
    assert words.licence(said) == key


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("POLYGON((7 51,8 51,8 52,7 52,7 51))", "Polygon"),
        ("<http://www.opengis.net/def/crs/OGC/1.3/CRS84> POINT(7 51)", "Point"),
        ('{"type": "Point", "coordinates": [7, 51]}', "Point"),
        ("POINT(372000 5711000)", None),
        ("nowhere", None),
    ],
)
def test_places_are_read_in_both_notations(said, kind):
    found = graph.shape_of(said)
    assert (found and found["type"]) == kind


def test_html_in_descriptions_becomes_text():
    assert store.plain("<p>Drei &lt; vier</p><ul><li>eins</li></ul>") == "Drei < vier\neins"
    assert store.plain("3 < 4 & 5 > 2") == "3 < 4 & 5 > 2"


SAMPLES = (
    "destatis",
    *(pytest.param(one, marks=pytest.mark.slow) for one in ("bremen", "rostock")),
)


@pytest.mark.parametrize("name", SAMPLES)
def test_catalogues_of_others_are_read_whole(elsewhere, apart, name):
    folder = shapes_folder()
    path = folder and folder.parent / "dcat" / f"{name}-catalog-original-input.rdf.gz"
    if not path or not path.is_file():
        pytest.skip("STADTKERN_SHAPES names no folder with samples of real catalogues beside it")
    body = gzip.decompress(path.read_bytes())
    elsewhere.put("/cat", body, "application/rdf+xml")
    source = Source.objects.create(name=name, url=f"{elsewhere.url}/cat", licence="other-closed")
    made = read(source)
    there = set(Graph().parse(data=body, format="xml").subjects(RDF.type, DCAT.Dataset))
    assert made.counts["new"] + made.counts.get("refused", 0) == len(there)
    assert made.counts["new"] >= 0.9 * len(there), [one.reason for one in made.lines.all()[:5]]
    assert read(source).counts["unchanged"] == made.counts["new"]
    for one in Dataset.objects.prefetch_related("resources"):
        assert one.title
        assert one.about
    assert Dataset.objects.exclude(keywords=[]).count() > 0.8 * len(there)
    assert Resource.objects.exclude(format="").count() > 0.8 * Resource.objects.count()
