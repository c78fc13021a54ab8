"""Pages: by key, whatever the order, also while rows come in."""

from datetime import UTC, datetime, timedelta

import pytest

from stadtkern.kernel.sensorthings.plan import page
from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import Datastream, Thing

from .conftest import Client

pytestmark = pytest.mark.django_db(transaction=True)

START = datetime(2026, 1, 30, tzinfo=UTC)


def series(stream: int, values: list[float | None], *, step: int = 6) -> list[int | None]:
    return store.write(
        [
            store.Observation(
                datastream=stream,
                at=START + timedelta(hours=step * n),
                value=value,
                other=None if value is not None else "none",
            )
            for n, value in enumerate(values)
        ]
    )


ORDERS = [
    "",
    "id desc",
    "phenomenonTime",
    "phenomenonTime desc",
    "result",
    "result desc",
    "resultTime desc",
    "Datastream/name,result desc",
    "parameters/x",
    "result,phenomenonTime desc",
    "result mod 2 desc,result div 0,day(phenomenonTime)",
    "concat(Datastream/name,'x'),result gt 2 desc,length(result) desc",
    "phenomenonTime sub 2026-01-31T00:00:00Z desc",
    "phenomenonTime add duration'PT1H' desc,time(phenomenonTime)",
    "validTime,geo.length(FeatureOfInterest/feature),null eq 1",
]


@pytest.mark.parametrize("where", ["/Observations", "/Datastreams({})/Observations"])
def test_pages_hold_every_entity_once_in_the_order_asked_for(
    api: Client, stream: int, where: str
) -> None:
    series(stream, [3, None, 1, 1, 2, None, 3, 1, 2, 2, 5, None, 4])
    for order in ORDERS:
        address = where.format(stream) + "?$select=id"
        if order:
            address += f"&$orderby={order}"
        whole = [one["@iot.id"] for one in api.get(f"{address}&$top=100")["value"]]
        paged = [one["@iot.id"] for one in api.all(f"{address}&$top=4")]
        assert len(set(whole)) == 13
        assert paged == whole, order


ORDERS_OF_DATASTREAMS = [
    "phenomenonTime",
    "phenomenonTime desc",
    "properties/x",
    "properties/x desc,name",
    "unitOfMeasurement/symbol desc",
    "Thing/properties/nr,Thing/name desc",
    "name desc,id desc",
    "tolower(name) desc,properties/x desc",
    "properties/x mul 2,Observations/any(o:o/result gt 1) desc",
    "resultTime desc,Thing/name",
]


def test_pages_are_complete_in_any_order_of_datastreams(api: Client, stream: int) -> None:
    known = Datastream.objects.get(pk=stream)
    for n, x in enumerate([None, 3, "3", 2.5, None, [1], 3, True]):
        other = Datastream.objects.create(
            name=f"D{n % 3}",
            thing=known.thing,
            sensor=known.sensor,
            observed_property=known.observed_property,
            properties={} if x is None else {"x": x},
            unit_symbol=None if n % 2 else "m",
        )
        if n % 3:
            series(other.pk, [1.0, 2.0], step=n)
    for order in ORDERS_OF_DATASTREAMS:
        address = f"/Datastreams?$select=id&$orderby={order}"
        whole = [one["@iot.id"] for one in api.get(address)["value"]]
        assert len(set(whole)) == 9
        assert [one["@iot.id"] for one in api.all(f"{address}&$top=2")] == whole, order


def test_paging_sees_every_entity_once_while_others_come_in(api: Client, reader: Client) -> None:
    Thing.objects.bulk_create([Thing(name=f"T{n % 7}") for n in range(60)])
    before = set(Thing.objects.values_list("pk", flat=True))
    seen: list[int] = []
    link = "/Things?$top=9&$orderby=name desc"
    while link:
        got = reader.get(link)
        seen += [one["@iot.id"] for one in got["value"]]
        Thing.objects.bulk_create([Thing(name="T6"), Thing(name="T3"), Thing(name="T0")])
        link = got.get("@iot.nextLink", "")
    assert len(seen) == len(set(seen))
    assert before <= set(seen)


def test_the_newest_observations_are_read_from_the_primary_key(api: Client, stream: int) -> None:
    series(stream, [float(n) for n in range(400)], step=1)
    newest = api.get(f"/Datastreams({stream})/Observations?$orderby=phenomenonTime desc&$top=3")
    assert [one["result"] for one in newest["value"]] == [399, 398, 397]
    older = api.get(newest["@iot.nextLink"])
    assert [one["result"] for one in older["value"]] == [396, 395, 394]
    assert "$skip=6&$skiptoken=" in older["@iot.nextLink"]


def test_skip_leaves_out_the_first_and_goes_on_by_key(api: Client, stream: int) -> None:
    ids = series(stream, [float(n) for n in range(20)])
    got = api.all("/Observations?$skip=15&$top=2&$select=id")
    assert [one["@iot.id"] for one in got] == ids[15:]


def test_a_page_without_rows_has_a_count_and_no_next_link(api: Client, stream: int) -> None:
    series(stream, [1, 2, 3])
    assert api.get("/Observations?$top=0&$count=true") == {"@iot.count": 3, "value": []}


def test_counts_are_exact_with_and_without_filter(api: Client, stream: int) -> None:
    series(stream, [1, 2, 3, 4])
    for address, count in [
        ("/Observations?$count=true&$top=1", 4),
        (f"/Datastreams({stream})/Observations?$count=true&$top=1", 4),
        (f"/Datastreams({stream})/Observations?$count=true&$filter=result gt 2", 2),
        ("/Things?$count=true&$filter=name eq 'nobody'", 0),
    ]:
        assert api.get(address)["@iot.count"] == count
    second = api.get(api.get("/Observations?$count=true&$top=1")["@iot.nextLink"])
    assert second["@iot.count"] == 4


def test_a_page_is_never_longer_than_the_limit(
    api: Client, stream: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    series(stream, [float(n) for n in range(12)])
    monkeypatch.setattr(page, "MOST", 5)
    assert len(api.get("/Observations?$top=100000")["value"]) == 5
    assert len(api.all("/Observations?$top=100000")) == 12


def test_what_is_expanded_shortens_the_page_instead_of_breaking_the_limit(
    api: Client, stream: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(5):
        Datastream.objects.create(
            name=str(n),
            thing=Thing.objects.get(),
            sensor=Datastream.objects.get(pk=stream).sensor,
            observed_property=Datastream.objects.get(pk=stream).observed_property,
        )
    monkeypatch.setattr(page, "MOST_IN_ALL", 22)
    first = api.get("/Datastreams?$expand=Observations($top=10)")
    assert len(first["value"]) == 2
    assert len(api.all("/Datastreams?$expand=Observations($top=10)")) == 6


def test_an_order_that_cannot_be_kept_is_refused(api: Client) -> None:
    for order, word in [
        ("phenomenonTime sub now()", "now"),
        ("Datastream/Thing/Locations/name", "many"),
        ("geography'POINT(7 51)'", "order"),
        ("null", "order"),
        ("result up", "asc"),
        ("result add", "end"),
        ("nothing", "nothing"),
    ]:
        body = api.get(f"/Observations?$orderby={order}", 400)
        assert word in body["message"], body
        assert body["option"] == "$orderby"


def test_options_are_known_in_any_case_and_beyond_the_end_is_nothing(
    api: Client, stream: int
) -> None:
    series(stream, [1, 2, 3])
    got = api.get("/Observations?$Top=2&$OrderBy=result DESC&$COUNT=True&$Select=result")
    assert [one["result"] for one in got["value"]] == [3, 2]
    assert got["@iot.count"] == 3
    assert "@iot.count" not in api.get("/Observations?$count=false")
    assert api.get("/Observations?$skip=99") == {"value": []}
    paged = api.all("/Observations?$Skip=1&$top=1&$select=result")
    assert [one["result"] for one in paged] == [2, 3]


def test_an_option_may_come_with_its_equals_sign_encoded(api: Client, stream: int) -> None:
    """As the suite of FROST-Server sends it; the next page repeats it."""
    series(stream, [1, 2, 3, 4])
    found = api.all("/Observations?%24filter%3Dresult+gt+1+and+result+lt+4&%24top%3D1")
    assert [one["result"] for one in found] == [2, 3]


def test_geometries_come_in_the_order_of_their_text(api: Client) -> None:
    """As OGC's suite compares them."""
    for n, x in enumerate((-117.05, -100.05, 7.5, -114.06)):
        place = {"type": "Point", "coordinates": [x, 51.05]}
        common = {"name": f"{n}", "description": "", "encodingType": "application/geo+json"}
        api.make("/Locations", {**common, "location": place})
        api.make("/FeaturesOfInterest", {**common, "feature": place})
    for address, key in (("/Locations", "location"), ("/FeaturesOfInterest", "feature")):
        for word in ("asc", "desc"):
            found = api.all(f"{address}?$orderby={key} {word},name&$top=1")
            texts = [str(one[key]["coordinates"]) for one in found if one[key]["type"] == "Point"]
            assert len(texts) >= 4
            assert texts == sorted(texts, reverse=word == "desc")


def test_an_option_of_odata_that_is_not_supported_is_named(api: Client) -> None:
    """18-088, 9.3.2: such a request fails with 501; what OData does not know is a mistake."""
    assert api.get("/Things?$search=x", 501)["option"] == "$search"
    assert api.get("/Things?$fliter=x", 400)["option"] == "$fliter"
    assert "$filter" in api.get("/Things?filter=x", 400)["message"]


def test_a_broken_token_is_refused(api: Client, stream: int) -> None:
    series(stream, [1, 2])
    for token in ("x", "W10", "WyJ4IiwieSJd", "bnVsbA", "WyJ4Il0", "WyIxIiwiMiIsIjMiXQ", "%00"):
        assert api.ask("GET", f"/Observations?$skiptoken={token}").status == 400, token
    assert len(api.get("/Observations?$skiptoken=")["value"]) == 2


@pytest.mark.parametrize("number", [10**15, 10**30])
def test_numbers_beyond_all_entities_are_taken_as_they_are_meant(api: Client, number: int) -> None:
    api.make("/Things", {"name": "T", "description": "d"})
    assert len(api.get(f"/Things?$top={number}")["value"]) == 1
    assert api.get(f"/Things?$skip={number}")["value"] == []
