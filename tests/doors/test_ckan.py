"""CKAN's actions: searches, packages, rows, lists; refusals are CKAN's."""

import json

import pytest
from doors.conftest import ROWS

from stadtkern.kernel.catalogue.models import Dataset

ACTION = "/api/3/action"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


@pytest.fixture
def act(client):
    """The result of an action, asked by GET."""

    def asked(name: str, status: int = 200, **query):
        answer = client.get(f"{ACTION}/{name}", query)
        told = answer.json()
        assert answer.status_code == status, told
        if status == 200:
            assert told["success"] is True
            assert told["help"].endswith(f"/api/3/action/{name}")
            return told["result"]
        assert told["success"] is False
        return told["error"]

    return asked


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, {"trees", "parks", "counts"}),
        ({"q": "*:*", "fq": "groups:envi"}, {"trees"}),
        ({"fq": "+organization:city +tags:Grün -groups:(envi OR soci)"}, {"parks"}),
        ({"fq": 'res_format:GeoJSON license_id:"http://dcat-ap.de/def/licenses/cc-by/4.0"'}, {"parks"}),
        ({"fq": "res_format:GPKG"}, {"trees", "parks"}),
        ({"q": "name:tre*"}, {"trees"}),
        ({"q": "tags:(trees OR parks) AND NOT name:parks"}, {"trees"}),
        ({"fq": "metadata_modified:[2026-01-01T00:00:00Z TO *] state:active"},
         {"trees", "parks", "counts"}),
        ({"fq": "metadata_modified:[* TO 2001-01-01T00:00:00Z]"}, set()),
        ({"q": "unauffindbares"}, set()),
        ({"fq": "private:true"}, set()),
    ],
)  # fmt: skip
def test_packages_are_searched_as_in_solr(catalogue, act, query, names):
    found = act("package_search", sort="id asc", rows=100, **query)
    assert {one["name"] for one in found["results"]} == names
    assert found["count"] == len(names)


def test_facets_and_pages(catalogue, act):
    facets = json.dumps(["groups", "organization", "tags", "res_format", "license_id"])
    found = act("package_search", rows=1, start=1, sort="name asc", **{"facet.field": facets})
    assert [one["name"] for one in found["results"]] == ["parks"]
    assert found["count"] == 3
    assert found["facets"]["groups"] == {"envi": 1, "regi": 1, "soci": 1}
    assert found["facets"]["res_format"]["CSV"] == 3
    assert found["facets"]["tags"]["Grün"] == 3
    (item,) = (one for one in found["search_facets"]["groups"]["items"] if one["name"] == "envi")
    assert (item["display_name"], item["count"]) == ("Umwelt", 1)


def test_a_search_that_cannot_be_understood_is_a_search_query_error(catalogue, act):
    for query in ({"q": "colour:red"}, {"fq": "(("}, {"sort": "colour asc"}):
        assert act("package_search", 409, **query)["__type"] == "Search Query Error"
    assert act("package_search", 409, rows="many")["__type"] == "Validation Error"


def test_a_package_carries_what_govdata_reads(catalogue, act):
    package = act("package_show", id="trees")
    assert package["groups"][0] | {"title": ""} == package["groups"][0] | {
        "name": "envi",
        "title": "",
    }
    assert package["license_id"] == "http://dcat-ap.de/def/licenses/dl-zero-de/2.0"
    assert package["isopen"] is True
    extras = {one["key"]: one["value"] for one in package["extras"]}
    assert json.loads(extras["theme"]) == [
        "http://publications.europa.eu/resource/authority/data-theme/ENVI"
    ]
    assert extras["hvd_category"] == "http://data.europa.eu/bna/c_ac64a52d"
    assert {"publisher_name", "contact_name", "modified", "issued", "identifier"} <= set(extras)
    assert all(one["license"] == package["license_id"] for one in package["resources"])
    parks = act("package_show", id="parks")
    assert parks["resources"][0]["licenseAttributionByText"] == "Amt für Grün"
    assert "erfunden" in parks["notes"]


def test_names_stay_the_same(catalogue, act):
    first = act("package_show", id="trees")
    Dataset.objects.filter(slug="trees").update(title="Stadtbäume")
    again = act("package_show", id=first["id"])
    assert again["title"] == "Stadtbäume"
    assert [one["id"] for one in again["resources"]] == [one["id"] for one in first["resources"]]
    assert len({one["id"] for one in again["resources"]}) == again["num_resources"]


@pytest.fixture
def table(catalogue, act) -> str:
    return act("package_show", id="trees")["resources"][0]["id"]


def test_rows_of_the_datastore(table, client):
    told = client.post(
        f"{ACTION}/datastore_search",
        {"resource_id": table, "filters": {"kind": ["Eiche", "Ahorn"], "healthy": True},
         "sort": "year desc", "fields": ["_id", "year", "kind"], "limit": 2},
        content_type="application/json",
    ).json()["result"]  # fmt: skip
    fits = [row for row in ROWS if row["kind"] != "Linde" and row["healthy"]]
    assert told["total"] == len(fits)
    assert told["records"][0] == {"_id": 99, "year": 1998, "kind": "Ahorn"}
    assert told["fields"] == [
        {"id": "_id", "type": "int"}, {"id": "year", "type": "int8"}, {"id": "kind", "type": "text"}
    ]  # fmt: skip
    following = client.get(told["_links"]["next"]).json()["result"]
    assert len(following["records"]) == 2
    assert following["records"][0]["_id"] < told["records"][1]["_id"]


def test_forms_of_records(act, table):
    query = {"resource_id": table, "fields": "year,kind,healthy", "limit": 2}
    assert act("datastore_search", records_format="lists", **query)["records"] == [
        [1900, "Linde", False], [1901, "Eiche", True]
    ]  # fmt: skip
    text = act("datastore_search", records_format="csv", **query)["records"]
    assert text == "1900,Linde,False\n1901,Eiche,True\n"
    tabs = act("datastore_search", records_format="tsv", **query)["records"]
    assert tabs.splitlines()[1] == "1901\tEiche\tTrue"


def test_words_in_rows(act, table):
    assert act("datastore_search", resource_id=table, q="eichen", limit=0)["total"] == 33
    by_column = json.dumps({"kind": "Linde"})
    assert act("datastore_search", resource_id=table, q=by_column)["total"] == 34


def test_refusals_are_ckans(act, table, client):
    assert act("datastore_search", 404, resource_id="nothing")["__type"] == "Not Found Error"
    assert "resource_id" in act("datastore_search", 409)
    for wrong in ({"sort": "colour"}, {"limit": "x"}, {"filters": "{"}, {"colour": "red"},
                  {"records_format": "xml"}, {"filters": json.dumps({"year": "old"})}):  # fmt: skip
        assert (
            act("datastore_search", 409, resource_id=table, **wrong)["__type"] == "Validation Error"
        )
    unknown = client.get(f"{ACTION}/datastore_search_sql", {"sql": "select 1"})
    assert unknown.status_code == 400
    assert unknown.json() == "Bad request - Action name not known: datastore_search_sql"
    broken = client.post(f"{ACTION}/package_show", "{", content_type="application/json")
    assert (broken.status_code, broken.json()["success"]) == (400, False)


def test_lists(catalogue, act):
    assert act("site_read") is True
    assert act("group_list") == ["envi", "regi", "soci"]
    assert act("group_show", id="envi")["package_count"] == 1
    assert act("group_show", 404, id="none")["__type"] == "Not Found Error"
    assert act("organization_list") == ["city"]
    city = act("organization_show", id="city", include_datasets="true")
    assert (city["package_count"], len(city["packages"])) == (3, 3)
    assert act("organization_show", id=city["id"])["name"] == "city"
    assert act("tag_list", query="gr") == ["Grün"]
    assert any(one["id"].endswith("dl-zero-de/2.0") for one in act("license_list"))
    assert act("package_autocomplete", q="tre")[0]["name"] == "trees"
    assert act("resource_search", query="format:gpkg")["count"] == 2
    assert len(act("current_package_list_with_resources", limit=2)) == 2


def test_a_search_costs_the_same_for_few_and_many(catalogue, act, django_assert_num_queries):
    act("package_search")
    with django_assert_num_queries(4):
        act("package_search", rows=100)
