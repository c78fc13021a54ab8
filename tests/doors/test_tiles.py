"""Vector tiles: what lies in a tile is in it, at the right place, and no more than is needed."""

import mapbox_vector_tile
import numpy as np
import pytest
from doors.conftest import ROWS, TREES, publish, tree

from stadtkern.kernel.catalogue.doors.tiles import draw, grid

TILES = "/api/tiles/trees-all"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


def tile_of(lon: float, lat: float, z: int) -> tuple[int, int]:
    x, y = grid.projected(np.array([[lon, lat]]))[0]
    side = 2 * grid.HALF / 2**z
    return int((x + grid.HALF) // side), int((grid.HALF - y) // side)


def test_the_grid_is_the_webs():
    assert grid.box(0, 0, 0) == pytest.approx((-180, -85.0511, 180, 85.0511), abs=1e-4)
    # A well-known tile: zoom 14, the middle of Berlin.
    assert tile_of(13.3777, 52.5163, 14) == (8800, 5373)


def test_tilejson_leads_to_tiles(catalogue, get, client):
    told = get(TILES)
    assert told["tilejson"] == "3.0.0"
    assert told["bounds"] == pytest.approx([7.2, 51.5, 7.208, 51.509])
    (layer,) = told["vector_layers"]
    assert (layer["id"], layer["fields"]["kind"]) == ("all", "Art")
    x, y = tile_of(7.204, 51.505, 12)
    url = told["tiles"][0].format(z=12, x=x, y=y)
    answer = client.get(url)
    assert answer["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert "max-age=300" in answer["Cache-Control"]
    assert client.get(url, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert {one["id"] for one in get("/api/tiles/")["tilesets"]} == {"parks-all", "trees-all"}
    get("/api/tiles/draft-all", status=404)


def test_points_lie_where_they_belong(catalogue, client):
    z, (x, y) = 16, tile_of(7.203, 51.503, 16)
    west, south, east, north = grid.box(z, x, y)
    told = mapbox_vector_tile.decode(client.get(f"{TILES}/{z}/{x}/{y}.mvt").content)["all"]
    inside = {
        i + 1 for i, row in enumerate(ROWS) if row["place"]
        and west <= row["place"]["coordinates"][0] <= east
        and south <= row["place"]["coordinates"][1] <= north
    }  # fmt: skip
    found = {one["id"]: one for one in told["features"]}
    assert inside <= set(found)
    assert inside
    for number in inside:
        lon, lat = ROWS[number - 1]["place"]["coordinates"]
        across, up = found[number]["geometry"]["coordinates"]
        assert across / 4096 == pytest.approx((lon - west) / (east - west), abs=1e-3)
        assert up / 4096 == pytest.approx((lat - south) / (north - south), abs=1e-3)
        assert found[number]["properties"]["year"] == ROWS[number - 1]["year"]


def test_areas_are_cut_at_the_edge(catalogue, client):
    z, (x, y) = 15, tile_of(7.33, 51.53, 15)
    told = mapbox_vector_tile.decode(client.get(f"/api/tiles/parks-all/{z}/{x}/{y}.pbf").content)
    (feature,) = told["all"]["features"]
    assert feature["properties"] == {"name": "Dreieck"}
    points = np.array(feature["geometry"]["coordinates"][0])
    assert points.min() >= -64
    assert points.max() <= 4096 + 64


def test_an_empty_tile_is_no_content_and_a_wrong_one_is_nowhere(catalogue, client):
    assert client.get(f"{TILES}/12/0/0.mvt").status_code == 204
    for path in ("3/8/0.mvt", "23/0/0.mvt", "3/0/9.mvt"):
        assert client.get(f"{TILES}/{path}").status_code == 404


def test_of_too_many_rows_some_are_shown_evenly(db, client, monkeypatch):
    monkeypatch.setattr(draw, "MOST", 60)
    rows = [tree(i % 100) | {"year": i} for i in range(400)]
    publish("many", TREES, rows)
    told = mapbox_vector_tile.decode(client.get("/api/tiles/many-all/0/0/0.mvt").content)["all"]
    years = sorted(one["properties"]["year"] for one in told["features"])
    assert 40 <= len(years) <= 60
    assert max(years) > 350
    assert min(years) < 50
