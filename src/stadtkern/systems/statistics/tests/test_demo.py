"""What the demo shows: real numbers as published, invented ones that say so."""

import random

import pytest

from stadtkern.kernel.catalogue.models import Dataset
from stadtkern.systems.statistics import demo
from stadtkern.systems.statistics.layers import inhabitants_tile
from stadtkern.systems.statistics.models import Area, Cell, Edition, Item, Table

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_every_table_is_published_as_its_office_counted_and_is_open_data(client):
    demo.fill(random.Random(44623))
    tables = Table.objects.all()
    assert len(tables) == len(demo.SAMPLES)
    assert {one.state for one in Edition.objects.all()} == {"published"}
    assert Dataset.objects.published().filter(slug__startswith="statistik-").count() == len(tables)
    for table in tables:
        answer = client.get(f"/statistik/tables/{table.slug}/")
        assert answer.status_code == 200
        invented = "Erfundene Beispielzahlen" in answer.content.decode()
        assert invented == table.invented
    reading = inhabitants_tile()
    assert reading.value == "154.608"
    assert reading.stale
    assert Area.objects.get(key="05916").parent.name.startswith("Arnsberg")
    assert Area.objects.exclude(geometry=None).count() == 53
    # Every precinct, with the total and 23 parties.
    votes = Cell.objects.filter(edition__table__slug="bundestagswahl-2017")
    assert votes.count() == 124 * 24
    # The state is the sum of its regions, and Germany of nothing that is here.
    items = Item.objects.filter(dimension__table__slug="bevoelkerung-alter-geschlecht")
    state = items.get(code="05")
    assert items.filter(whole=state).count() == 5
    assert state.whole is None
    assert items.get(code="05916").whole.code == "059"
