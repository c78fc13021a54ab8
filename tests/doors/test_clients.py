"""Programs that others wrote read all of it: CKAN's client, OWSLib and GDAL."""

import json
import os
import subprocess
import sys
from pathlib import Path

import ckanapi
import pytest
from doors.conftest import ROWS, SHAPES
from owslib.ogcapi.features import Features

API = "/api/features"


def test_ckans_client_walks_the_catalogue_and_reads_every_row(served):
    with ckanapi.RemoteCKAN(served) as ckan:
        assert ckan.action.status_show()["extensions"] == ["datastore"]
        names = ckan.action.package_list()
        assert names == ["counts", "parks", "trees"]
        for name in names:
            package = ckan.action.package_show(id=name)
            assert ckan.action.package_show(id=package["id"])["name"] == name
            assert package["num_resources"] == len(package["resources"]) >= 6
            (table,) = (one for one in package["resources"] if one["datastore_active"])
            assert ckan.action.resource_show(id=table["id"])["package_id"] == package["id"]
            assert ckan.session.get(table["url"], timeout=30).status_code == 200
            info = ckan.action.datastore_info(id=table["id"])
            rows, offset = [], 0
            while True:
                told = ckan.action.datastore_search(
                    resource_id=table["id"], limit=40, offset=offset
                )
                rows += told["records"]
                offset += 40
                if not told["records"]:
                    break
            assert len(rows) == told["total"] == info["meta"]["count"]
        with pytest.raises(ckanapi.NotFound):
            ckan.action.package_show(id="draft")
        with pytest.raises(ckanapi.ValidationError):
            ckan.action.datastore_search(resource_id=table["id"], filters={"nothing": 1})
    with ckanapi.RemoteCKAN(served, get_only=True) as ckan:
        found = ckan.action.package_search(q="Bäume", rows=5)
        assert [one["name"] for one in found["results"]] == ["trees"]


def test_ckans_command_dumps_the_catalogue(served, tmp_path):
    path = tmp_path / "all.jsonl"
    folder = Path(sys.executable).parent
    subprocess.run(
        [folder / "ckanapi", "dump", "datasets", "--all", "-r", served, "-O", str(path), "-p", "1", "-q"],
        check=True, capture_output=True, timeout=120,
        env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"},
    )  # fmt: skip
    dumped = [json.loads(line) for line in path.read_text().splitlines()]
    assert sorted(one["name"] for one in dumped) == ["counts", "parks", "trees"]


def test_owslib_reads_it(served):
    api = Features(f"{served}{API}/")
    assert api.conformance()["conformsTo"]
    assert set(api.feature_collections()) == {"parks-all", "trees-all"}
    found = api.collection_items("trees-all", limit=3, bbox=[7.2, 51.5, 7.3, 51.6])
    assert found["numberReturned"] == 3
    assert api.collection_item("trees-all", "4")["geometry"] == ROWS[3]["place"]
    assert "kind" in api.collection_queryables("trees-all")["properties"]


# GDAL waits without letting other threads run, and the server is one of them.
GDAL = """
import json, sys, pyogrio, shapely
source = f"OAPIF:{sys.argv[1]}"
meta, _, geometry, fields = pyogrio.raw.read(source, layer="trees-all", PAGE_SIZE=30)
columns = dict(zip(meta["fields"], fields))
some = pyogrio.raw.read(source, layer="trees-all", where="kind = 'Eiche'")
near = pyogrio.raw.read(source, layer="parks-all", bbox=(7.19, 51.49, 7.22, 51.52))
print(json.dumps({
    "layers": sorted(name for name, _ in pyogrio.list_layers(source)),
    "years": sorted(int(one) for one in columns["year"]),
    "points": [shapely.from_wkb(one).coords[0] for one in geometry if one is not None],
    "crs": meta["crs"], "oaks": len(some[3][0]), "near": list(near[3][0]),
}))
"""


def test_gdal_reads_everything(served):
    done = subprocess.run(
        [sys.executable, "-c", GDAL, f"{served}{API}"],
        check=True, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert told["layers"] == ["parks-all", "trees-all"]
    assert told["years"] == [row["year"] for row in ROWS]
    expected = sorted((shape.x, shape.y) for shape in SHAPES if shape)
    assert sorted(map(tuple, told["points"])) == expected
    assert (told["oaks"], told["near"]) == (33, ["Stadtgarten"])
