import csv
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.urls import reverse

from stadtkern.kernel import clock
from stadtkern.kernel.things import store
from stadtkern.site.dashboard import history

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators"),
]


def series_of(client, **query):
    answer = client.get("/api/series/", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_chart_gets_the_last_day_as_it_was_measured(client, station):
    _where, one = station
    chunk = series_of(client, datastreams=one.pk)
    (line,) = chunk["series"]
    assert chunk["bucket"] == "raw"
    assert line["value"][-1] == 11.4
    assert len(chunk["t"]) == len(line["value"]) == 7
    assert line["unit"] == "°C"
    assert line["decimals"] == 1
    assert line["min"] is None
    assert chunk["t"] == sorted(chunk["t"])


def test_a_long_period_comes_with_its_range(client, stream, observe):
    one, start = stream(), datetime(2026, 1, 1, tzinfo=UTC)
    observe(one, *((start + timedelta(hours=h), float(h % 24)) for h in range(24 * 120)))
    chunk = series_of(client, datastreams=one.pk, **{"from": "2026-01-01", "to": "2026-04-30"})
    (line,) = chunk["series"]
    assert chunk["from"] == "2025-12-31T23:00:00Z"
    assert chunk["to"] == "2026-04-30T22:00:00Z"
    assert chunk["bucket"] != "raw"
    assert len(chunk["t"]) <= 2000
    known = [
        (lo, v, hi)
        for lo, v, hi in zip(line["min"], line["value"], line["max"], strict=True)
        if v is not None
    ]
    assert known
    assert all(lo <= v <= hi for lo, v, hi in known)


def test_both_addresses_of_the_series_answer(client, station):
    assert client.get(f"/api/series?datastreams={station[1].pk}").status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "",
        "datastreams=",
        "datastreams=x",
        "datastreams=999999999",
        "datastreams=1,2,3,4,5,6,7,8,9,10,11",
        "datastreams={id}&from=2026-02-01&to=2026-01-01",
        "datastreams={id}&from=heute",
        "datastreams={id}&from=0001-01-01&to=9999-12-31",
        "datastreams={id}&from=2026-13-01&to=2026-14-01",
    ],
)
def test_a_request_that_makes_no_sense_gets_a_sentence(client, station, query):
    query = query.format(id=station[1].pk)
    answer = client.get(f"/api/series/?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")
    file = client.get(f"/api/series.csv?{query}")
    assert file.status_code == 400


def test_the_file_has_every_observation_with_quality_source_and_licence(
    client, place, stream, observe
):
    one, start = stream(place("Süd")), datetime(2026, 5, 1, tzinfo=UTC)
    observe(one, (start, 1.5), (start + timedelta(hours=1), 2.0))
    observe(one, (start + timedelta(hours=2), 900.0), quality=store.INVALID)
    answer = client.get(
        "/api/series.csv", {"datastreams": one.pk, "from": "2026-05-01", "to": "2026-05-02"}
    )
    rows = list(csv.DictReader(StringIO(b"".join(answer).decode())))
    assert [row["value"] for row in rows] == ["1.5", "2.0", "900.0"]
    assert [row["quality"] for row in rows] == ["good", "good", "invalid"]
    assert rows[0]["time"] == "2026-05-01T00:00:00Z"
    assert {row["place"] for row in rows} == {"Süd"}
    assert {(row["source"], row["licence"]) for row in rows} == {("Testamt", "dl-de/by-2-0")}


def page(client, where, **query):
    answer = client.get(reverse("place", args=[where.public_id]), query)
    assert answer.status_code == 200
    return answer


def test_a_series_that_ended_shows_its_last_day_and_says_so(client, place, stream, observe):
    where = place()
    one, last = stream(where), datetime(2025, 3, 1, 12, tzinfo=UTC)
    observe(one, *((last - timedelta(hours=h), 5.0) for h in range(48)))
    answer = page(client, where, range="day")
    period = answer.context["period"]
    assert period.past
    assert period.end - last < timedelta(minutes=1)
    assert "Seit 01.03.2025" in answer.content.decode()


def test_the_own_period_includes_its_last_day(client, station):
    period = page(client, station[0], **{"from": "2026-01-05", "to": "2026-01-06"}).context[
        "period"
    ]
    assert period.end - period.start == timedelta(days=2)
    assert (period.first_day.isoformat(), period.last_day.isoformat()) == (
        "2026-01-05",
        "2026-01-06",
    )


def test_the_day_on_which_the_clocks_change_is_23_hours_long():
    start, end = history.span("2026-03-29", "2026-03-29")
    assert end - start == timedelta(hours=23)


def test_a_second_series_can_be_compared_in_the_same_chart(client, place, stream, observe, station):
    other_place = place("Nord")
    other = stream(other_place)
    observe(other, (clock.now(), 3.0))
    answer = page(client, station[0], **{"with": other.pk})
    assert [line.name for line in answer.context["lines"]] == [
        "Lufttemperatur, Wetterstation Süd",
        "Lufttemperatur, Nord",
    ]
    groups = answer.context["groups"]
    assert "Nord: Lufttemperatur" in [c.label for c in groups["Dasselbe anderswo"]]


def test_a_comparison_with_nonsense_is_left_out(client, station):
    for wrong in ("999999", "abc", "-1", ""):
        assert page(client, station[0], **{"with": wrong}).context["other"] is None


def test_the_table_shows_the_same_values_newest_first(client, station):
    answer = page(client, station[0], view="table")
    rows = list(answer.context["table"])
    assert [row.cells[0].mean for row in rows][:2] == [11.4, pytest.approx(12.4)]
    assert rows[0].at > rows[1].at
    assert "11,4" in answer.content.decode()


def test_without_javascript_the_chart_is_drawn_by_the_server(client, station):
    text = page(client, station[0]).content.decode()
    assert '<path class="line line-1"' in text
    assert "/api/series.csv?datastreams=" in text


def test_an_invalid_value_is_not_shown(client, station, observe):
    where, one = station
    observe(one, (clock.now(), 98765.4), quality=store.INVALID)
    text = page(client, where).content.decode()
    assert "98765" not in text
    assert "98.765" not in text
    assert "ungültig" in text


def test_a_value_that_is_a_word_is_shown_as_a_word(client, place, stream):
    where = place()
    one = stream(where)
    store.write([store.Observation(datastream=one.pk, at=clock.now(), other="Hochwasser")])
    assert "Hochwasser" in page(client, where).content.decode()


def test_parts_of_a_place_stand_on_its_page_in_counting_order(client, place):
    site = place("P+R Test", kind="parking.site")
    for number in (10, 2, 1):
        place(f"Stellplatz A {number}", kind="parking.bay", parent=site)
    answer = page(client, site)
    assert [part.short for part in answer.context["parts"]] == ["1", "2", "10"]
    assert sum(share.count for share in answer.context["shares"]) == 3
    bay = page(client, answer.context["parts"][0].place)
    assert reverse("place", args=[site.public_id]) in bay.content.decode()


def test_each_place_leads_to_its_sensorthings_entity(client, station):
    where, one = station
    assert f"/api/sensorthings/v1.1/Things({one.thing_id})" in page(client, where).content.decode()
