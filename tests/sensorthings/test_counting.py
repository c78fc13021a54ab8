"""`$count=true` is exact, whatever is counted; `$count=estimate` may not be, and says so."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from stadtkern.kernel.sensorthings import run
from stadtkern.kernel.things.models import Datastream, Latest

from .conftest import Client

pytestmark = pytest.mark.django_db(transaction=True)

START = datetime(2026, 1, 30, tzinfo=UTC)
# Half of them above zero, a tenth of them text.
FILL = """
insert into things_observation (datastream_id, at, value, other)
select %(stream)s, %(start)s::timestamptz + n * interval '1 minute',
  case when n %% 10 > 0 then n %% 2 - 0.5 end, case when n %% 10 = 0 then '"text"'::jsonb end
from generate_series(1, %(rows)s) as n
"""


def fill(stream: int, rows: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"stream": stream, "start": START, "rows": rows})
    Latest.objects.create(
        datastream_id=stream, at=START, first_at=START, observation_id=1, value=0, quality=0,
        received=START, n=rows,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("where", "counts"),
    [
        ("", lambda n: True),
        ("$filter=result gt 0", lambda n: n % 10 and n % 2),
        ("$filter=result eq 'text'", lambda n: n % 10 == 0),
        (
            "$filter=result lt 0 and phenomenonTime ge 2026-02-01T00:00:00Z",
            lambda n: n % 10 and not n % 2 and n >= 2 * 1440,
        ),
        ("$filter=Datastream/name eq 'nobody'", lambda n: False),
    ],
)
def test_counts_are_exact(
    api: Client, stream: int, where: str, counts: Callable[[int], Any]
) -> None:
    fill(stream, 20_000)
    expected = sum(1 for n in range(1, 20_001) if counts(n))
    for below in ("", f"/Datastreams({stream})"):
        address = f"{below}/Observations?$count=true&$top=0&{where}".rstrip("&")
        got = api.get(address)
        assert got["@iot.count"] == expected
        assert "@iot.countIsEstimate" not in got
        assert api.get(f"{address}&$resultFormat=GeoJSON")["@iot.count"] == expected


def test_an_estimate_is_only_told_where_it_is_asked_for(api: Client, stream: int) -> None:
    fill(stream, 20_000)
    with connection.cursor() as cursor:
        cursor.execute("analyze things_observation")
    got = api.get("/Observations?$count=estimate&$top=1&$filter=result gt 0")
    assert got["@iot.countIsEstimate"] is True
    assert 7_000 < got["@iot.count"] < 12_000
    following = api.get(got["@iot.nextLink"])
    assert following["@iot.countIsEstimate"] is True


def test_what_is_known_is_not_estimated(api: Client, stream: int) -> None:
    fill(stream, 50)
    for address in ("/Observations", f"/Datastreams({stream})/Observations"):
        got = api.get(f"{address}?$count=estimate&$top=1")
        assert got["@iot.count"] == 50
        assert "@iot.countIsEstimate" not in got


def test_only_true_false_and_estimate_are_counts(api: Client, stream: int) -> None:
    assert "@iot.count" not in api.get("/Things?$count=false")
    api.get("/Things?$count=maybe", 400)
    api.get("/Things?$count=true&$count=estimate", 400)


def test_a_count_and_its_page_are_of_one_moment(
    api: Client, stream: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(stream, 100)
    fetch = run.fetch

    async def meanwhile(one: Any, statement: Any) -> Any:
        found = await fetch(one, statement)
        other = await one.connect(one.info.dsn, autocommit=True)
        await other.execute("delete from things_observation where value > 0")
        await other.close()
        return found

    monkeypatch.setattr(run, "fetch", meanwhile)
    got = api.get("/Observations?$count=true&$filter=result gt 0")
    assert got["@iot.count"] == len(got["value"]) == 50
    monkeypatch.undo()
    assert api.get("/Observations?$count=true&$filter=result gt 0")["@iot.count"] == 0


def test_the_sums_of_the_store_count_what_everybody_may_see(api: Client, stream: int) -> None:
    fill(stream, 30)
    known = Datastream.objects.get(pk=stream)
    hidden = Datastream.objects.create(
        name="private",
        public=False,
        thing=known.thing,
        sensor=known.sensor,
        observed_property=known.observed_property,
    )
    fill(hidden.pk, 12)
    reader = Client(loop=api.loop)
    assert reader.get("/Observations?$count=true&$top=0")["@iot.count"] == 30
    assert reader.get("/Observations?$count=true&$top=0&$filter=id gt 0")["@iot.count"] == 30
