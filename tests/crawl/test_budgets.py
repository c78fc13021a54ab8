"""Pages of the demo city stay light over the wire, and map code is loaded only where a map is."""

import re

import pytest

pytestmark = pytest.mark.browser
LOADED = re.compile(r'<(?:script|link)[^>]*? (?:src|href)="(/[^"]+\.(?:js|css)[^"]*)"')
LATER = re.compile(r'data-(?:code|worker)="(/static/[^"]+)"')
PACKED = {"Accept-Encoding": "gzip"}
# Kilobytes of page, styles and scripts; the map's code comes later.
BUDGETS = {
    "/": 20,
    "/dashboard/": 26,
    "/data/": 22,
    "/data/datasets/haltestellen-im-raum-herne/": 26,
    "/statistik/": 20,
    "/statistik/tables/bevoelkerung-alter-geschlecht/": 26,
    "/projekte/": 26,
}
FONTS = re.compile(r'href="(/static/[^"]+\.woff2)"')
WITH_MAP = {"/dashboard/", "/projekte/"}


def weight(client, path):
    """Kilobytes as they travel."""
    with client.stream("GET", path, headers=PACKED) as answer:
        assert answer.status_code == 200, path
        return sum(len(part) for part in answer.iter_raw()) / 1000


@pytest.mark.parametrize("path", BUDGETS)
def test_a_page_keeps_its_budget(visitor, path):
    client = visitor()
    text = client.get(path).text
    parts = {name: weight(client, name) for name in set(LOADED.findall(text))}
    whole = weight(client, path) + sum(parts.values())
    assert whole < BUDGETS[path], f"{path}: {whole:.1f} kB, {parts}"
    assert bool(LATER.findall(text)) == (path in WITH_MAP)
    assert not any("city-map" in name or "map-worker" in name for name in parts)
    [font] = FONTS.findall(text)
    assert weight(client, font) < 135
