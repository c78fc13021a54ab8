"""Hexagons, against indexes that others published."""

from itertools import pairwise

import h3.api.basic_int as h3
import pytest
from django.db import connection

from stadtkern.kernel.devices.coverage import cells

# Brandenburg Gate at resolution 8, from the reference of Snowflake's H3_LATLNG_TO_CELL.
GATE, GATE_AT_8 = (13.377704, 52.516262), 613036919424548863


def coarser(cell, resolution):
    with connection.cursor() as cursor:
        cursor.execute(f"select {cells.sql_at(resolution, '%s::bigint')}", [cell])
        return cursor.fetchone()[0]


def test_a_known_place_is_in_its_published_hexagon(db):
    assert coarser(cells.cell_at(*GATE), cells.COARSE) == GATE_AT_8
    assert cells.name_of(GATE_AT_8) == "881f1d4887fffff"


@pytest.mark.parametrize("resolution", [5, 6, 7, 8, 9])
def test_the_database_finds_the_same_coarser_hexagon_as_h3(db, resolution):
    for step in range(40):
        cell = cells.cell_at(7.09 + step * 0.0055, 51.49 + step * 0.0025)
        assert coarser(cell, resolution) == h3.cell_to_parent(cell, resolution)


def test_an_outline_is_a_closed_ring_around_its_place_counter_clockwise():
    ring = cells.outline(cells.cell_at(7.22, 51.54))["coordinates"][0]
    assert (len(ring), ring[0]) == (7, ring[-1])
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) / 2
    assert area > 0
    lons, lats = zip(*ring, strict=True)
    assert min(lons) < 7.22 < max(lons)
    assert min(lats) < 51.54 < max(lats)


def test_the_middle_of_a_hexagon_lies_in_it():
    cell = cells.cell_at(7.22, 51.54)
    assert cells.cell_at(*cells.centre(cell)) == cell
