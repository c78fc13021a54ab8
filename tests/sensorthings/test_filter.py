"""What the parts of a filter mean, one by one, and that no filter does harm."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection

from stadtkern.kernel.sensorthings.parse.options import parse_options
from stadtkern.kernel.sensorthings.parse.path import parse_path
from stadtkern.kernel.sensorthings.plan import reads
from stadtkern.kernel.sensorthings.viewer import Viewer
from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import Datastream, ObservedProperty, Sensor, Thing

from .conftest import Client

pytestmark = pytest.mark.django_db(transaction=True)

EVERYTHING = reads.Base(base="http://x", viewer=Viewer(everything=True))
START = datetime(2026, 1, 31, 20, tzinfo=UTC)
NAMES = ["Ä-Straße", "o'Neill", "100%", "_x_", "Baum", "baum", "", "\\", "a b"]
Row = dict[str, Any]


def world(seed: int) -> list[Row]:
    """Things, datastreams and observations, and the same as plain rows."""
    chance = random.Random(seed)
    sensor = Sensor.objects.create(name="s")
    observed = ObservedProperty.objects.create(name="p")
    rows: list[Row] = []
    for n in range(6):
        properties = chance.choice(
            [{}, {"nr": 3}, {"nr": 3.5}, {"nr": "3"}, {"nr": None}, {"on": True, "nr": -1}]
        )
        thing = Thing.objects.create(name=chance.choice(NAMES), properties=properties)
        stream = Datastream.objects.create(
            name=f"D{n}", thing=thing, sensor=sensor, observed_property=observed
        )
        for _ in range(8):
            at = START + timedelta(minutes=chance.randrange(0, 600, 15))
            result: Any = chance.choice([0, 1, 2.5, -4, "open", True, None])
            number = isinstance(result, (int, float)) and not isinstance(result, bool)
            until = chance.choice([None, None, at + timedelta(minutes=30)])
            (number_,) = store.write(
                [
                    store.Observation(
                        datastream=stream.pk,
                        at=at,
                        until=until,
                        value=result if number else None,
                        other=None if number else result,
                    )
                ]
            )
            rows.append(
                {
                    "id": number_,
                    "result": result,
                    "at": at,
                    "until": until,
                    "thing": thing,
                    "stream": stream,
                    "nr": properties.get("nr"),
                    "on": properties.get("on"),
                }
            )
    return rows


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def test_and_binds_stronger_than_or(reader: Client) -> None:
    for name in "abc":
        Thing.objects.create(name=name)
    got = reader.get("/Things?$filter=name eq 'a' or name eq 'b' and name eq 'c'")["value"]
    assert [one["name"] for one in got] == ["a"]


@pytest.mark.parametrize("descending", [False, True])
def test_orders_follow_a_plain_sort(reader: Client, descending: bool) -> None:
    rows = [row for row in world(5) if is_number(row["result"])]
    keys: dict[str, Callable[[Row], Any]] = {
        "phenomenonTime": lambda r: r["at"],
        "result": lambda r: r["result"],
        "Datastream/Thing/name": lambda r: r["thing"].name,
        "Datastream/id": lambda r: r["stream"].pk,
    }
    for name, key in keys.items():
        way = "desc" if descending else "asc"
        got = reader.get(
            f"/Observations?$top=1000&$select=id&$orderby={name} {way}&$filter=result gt -9"
        )["value"]
        expected = sorted(rows, key=lambda r: (key(r), r["id"]), reverse=descending)
        assert [one["@iot.id"] for one in got] == [row["id"] for row in expected], name


def test_an_integer_in_json_equals_the_number(reader: Client) -> None:
    """istSOS4 answers this with nothing, django-ogc-sensorthings with a 500."""
    Thing.objects.create(name="a", properties={"nr": 3, "deep": {"list": [7, 8]}})
    Thing.objects.create(name="b", properties={"nr": "3"})
    for text in (
        "properties/nr eq 3",
        "properties/nr lt 3.5",
        "3 le properties/nr",
        "properties/deep/list/1 eq 8",
    ):
        assert [o["name"] for o in reader.get(f"/Things?$filter={text}")["value"]] == ["a"], text


def test_a_filter_reaches_over_links_to_many(reader: Client) -> None:
    """Any one that fits is enough; istSOS4 answers this with a 404."""
    rows = world(3)
    expected = {r["thing"].pk for r in rows if is_number(r["result"]) and r["result"] > 1}
    got = reader.get("/Things?$filter=Datastreams/Observations/result gt 1")["value"]
    assert {one["@iot.id"] for one in got} == expected
    none = reader.get("/Things?$filter=Datastreams/Observations/result gt 1 and name eq 'no'")
    assert none["value"] == []


def test_a_wrong_field_is_a_400_that_names_it(reader: Client) -> None:
    """django-ogc-sensorthings answers this with a 500."""
    message = reader.get("/Observations?$filter=value gt 3", 400)["message"]
    assert "'value'" in message
    assert "result" in message


def found(reader: Client, text: str) -> list[str]:
    """The names of the things that a filter finds."""
    address = f"/Things?$orderby=name&$filter={text.replace('%', '%25').replace('+', '%2B')}"
    return [one["name"] for one in reader.get(address)["value"]]


PROPERTIES: dict[str, dict[str, Any]] = {
    "a": {"nr": 5, "on": True, "tags": ["x", "y"], "deep": {"list": [7, {"k": "v"}]}},
    "b": {"nr": "5", "on": "true", "tags": [], "a key": 1, "3d": 2, "it's": 3, "dct:title": 4},
    "c": {"nr": None, "on": False, "tags": "x", "eq": 5, "any": 6},
    "d": {},
    "e": {"nr": 2.5, "other": 5, "tags": [1, 2.5, "5", [1], None, True]},
}
MEANINGS = [
    # Numbers in JSON are numbers; beside a string they are their text.
    ("properties/nr eq 5", "a"),
    ("properties/nr eq '5'", "ab"),
    ("properties/nr gt 2", "ae"),
    ("properties/nr gt '2'", "abe"),
    ("properties/nr ne 5", "bcde"),
    ("not (properties/nr eq 5)", "bcde"),
    ("not (properties/nr gt 3)", "e"),
    ("properties/nr mul 2 eq 5", "e"),
    ("properties/nr eq properties/other", ""),
    ("properties/eq eq 5 or properties/other eq 5", "ce"),
    # Null is what is missing, and null in JSON.
    ("properties/nr eq null", "cd"),
    ("properties/nr ne null", "abe"),
    ("null eq properties/nr", "cd"),
    ("properties/nr gt null", ""),
    ("null eq null", "abcde"),
    ("name eq null", ""),
    # What is true is true, not the word.
    ("properties/on", "a"),
    ("not properties/on", "c"),
    ("properties/on eq true", "a"),
    ("properties/on ne true", "bcde"),
    ("properties/on eq 'true'", "ab"),
    ("(properties/on eq true) eq false", "c"),
    ("true and not false", "abcde"),
    # Keys of every form, and places in lists.
    ("properties/deep/list/0 eq 7", "a"),
    ("properties/deep/list[0] eq 7", "a"),
    ("properties/deep/list[1]/k eq 'v'", "a"),
    ("properties/deep['list'][1]['k'] eq 'v'", "a"),
    ("properties/'a key' eq 1", "b"),
    ("properties['a key'] eq 1", "b"),
    ("properties['it''s'] eq 3", "b"),
    ("properties/3d eq 2", "b"),
    ("properties/dct:title eq 4", "b"),
    ("properties/any eq 6", "c"),
    # Lists, given and stored.
    ("name in ('a', 'c', 'z')", "ac"),
    ("not (name in ('a', 'c'))", "bde"),
    ("properties/nr in (5, 2.5)", "ae"),
    ("properties/nr in (5, null)", "acd"),
    ("'x' in properties/tags", "a"),
    ("2.5 in properties/tags", "e"),
    ("'5' in properties/tags", "e"),
    ("5 in properties/tags", ""),
    ("null in properties/tags", "e"),
    ("true in properties/tags", "e"),
    ("properties/other in properties/tags", ""),
    ("properties/nr in properties/tags", "e"),
    ("properties/missing in properties/tags", ""),
    ("properties/tags[3] in properties/tags", "e"),
    ("name in ('a', 'b', properties/tags)", "ab"),
    ("properties/tags/any(t:t eq 'y')", "a"),
    ("properties/tags/any(t:t gt 2)", "e"),
    ("properties/tags/all(t:t eq 'x')", "bcd"),
    ("properties/tags/any()", "ae"),
    ("properties/deep/list/any(t:t/k eq 'v')", "a"),
    # Operators bind: sign, product, sum, comparison, not, and, or.
    ("1 add 2 mul 3 eq 7 and name eq 'a'", "a"),
    ("(1 add 2) mul 3 eq 9 and name eq 'a'", "a"),
    ("7 sub 2 sub 1 eq 4 and name eq 'a'", "a"),
    ("-properties/nr eq -5", "a"),
    ("- (properties/nr add 1) lt -5", "a"),
    ("--properties/nr eq 5", "a"),
    ("7 div 2 eq 3 and 7.0 div 2 eq 3.5 and -7 mod 3 eq -1 and name eq 'a'", "a"),
    ("1 sub -1 eq 2 and name eq 'a'", "a"),
    ("properties/nr div 0 eq 1 or 5 mod 0 ne 1 and name eq 'b'", "b"),
    ("not name eq 'a' and not name eq 'b'", "cde"),
    ("not not (name eq 'a')", "a"),
    ("name eq 'a' or name eq 'b' and name eq 'c'", "a"),
    # Operators and functions in capitals.
    ("NAME eq 'a'", None),
    ("name EQ 'a' OR name Eq 'b'", "ab"),
    ("StartsWith(name, 'a')", "a"),
    # Strings.
    ("substringof('b', name)", "b"),
    ("contains(concat(name, 'bc'), 'abc')", "a"),
    ("substring('abcde', 1) eq 'bcde' and substring('abcde', 1, 2) eq 'bc' and name eq 'a'", "a"),
    ("indexof('abc', 'c') eq 2 and indexof('abc', 'z') eq -1 and name eq 'a'", "a"),
    ("trim(concat('  ', name)) eq 'a'", "a"),
    ("length(properties/nr) eq 1", "ab"),
    ("toupper(name) eq 'A' and tolower('ÄB') eq 'äb'", "a"),
    # Numbers.
    ("round(properties/nr) eq 3", "e"),
    ("floor(properties/nr) eq 2", "e"),
    ("ceiling(properties/nr) eq 3", "e"),
    ("round(-2.5) eq -3 and name eq 'a'", "a"),
    # Ids, also quoted.
    ("id gt 0 and @iot.id gt 0 and name eq 'a'", "a"),
    ("id eq 'nobody' or name eq 'c'", "c"),
]


def test_a_filter_means_what_the_standard_says(reader: Client) -> None:
    for name, properties in PROPERTIES.items():
        Thing.objects.create(name=name, properties=properties)
    for text, names in MEANINGS:
        if names is None:
            assert "NAME" in reader.get(f"/Things?$filter={text}", 400)["message"]
        else:
            assert "".join(found(reader, text)) == names, text
    first = Thing.objects.get(name="a")
    assert found(reader, f"id eq '{first.pk}'") == ["a"]
    assert found(reader, f"id in ({first.pk}, 0)") == ["a"]


def town() -> None:
    """Things with datastreams: A has red and blue, B has red and a second red, C none."""
    sensor = Sensor.objects.create(name="s")
    observed = ObservedProperty.objects.create(name="p")
    for name, streams in {"A": ["red 1", "blue 2"], "B": ["red 2", "red 3"], "C": []}.items():
        thing = Thing.objects.create(name=name, properties={"best": "red 3"})
        for one in streams:
            colour, number = one.split()
            stream = Datastream.objects.create(
                name=one,
                description=colour,
                thing=thing,
                sensor=sensor,
                observed_property=observed,
                properties={"nr": int(number)},
            )
            store.write([store.Observation(datastream=stream.pk, at=START, value=float(number))])


OVER_LINKS = [
    ("Datastreams/description eq 'blue'", "A"),
    # Within an `and`, the same one is meant; `any` may find another each time.
    ("Datastreams/description eq 'red' and Datastreams/properties/nr eq 2", "B"),
    ("Datastreams/any(d:d/description eq 'red') and Datastreams/any(d:d/properties/nr eq 2)", "AB"),
    ("Datastreams/any(d:d/description eq 'red' and d/properties/nr eq 2)", "B"),
    ("Datastreams/description eq 'blue' or Datastreams/properties/nr eq 3", "AB"),
    ("Datastreams/description eq 'red' and (name eq 'A' or Datastreams/properties/nr eq 3)", "AB"),
    # One that is not blue; none that is blue.
    ("not (Datastreams/description eq 'blue') and Datastreams/id ne null", "AB"),
    ("not Datastreams/any(d:d/description eq 'blue')", "BC"),
    ("Datastreams/all(d:d/description eq 'red')", "BC"),
    ("Datastreams/any() and Datastreams/all(x:startswith(x/name, 'red'))", "B"),
    ("not Datastreams/any()", "C"),
    # A link that leads nowhere is a row of nulls.
    ("Datastreams/id eq null", "C"),
    ("Datastreams/id ne null", "AB"),
    ("Datastreams/name eq null or Datastreams/description eq 'blue'", "AC"),
    # Further on, and back to where it began.
    ("Datastreams/Observations/result gt 2", "B"),
    ("Datastreams/Observations/result in (2, 3) and Datastreams/description eq 'blue'", "A"),
    ("Datastreams/any(d:d/Observations/any(o:o/result eq d/properties/nr))", "AB"),
    ("Datastreams/any(d:d/name eq properties/best)", "B"),
    ("Datastreams/any(d:d/Thing/Datastreams/any(e:e/id ne d/id and e/description eq 'blue'))", "A"),
    ("Datastreams/Thing/name eq 'A' and Datastreams/Sensor/name eq 's'", "A"),
    ("Datastreams/Observations/any(o:o/result gt 2)", "B"),
]


def test_a_filter_leads_over_links_to_many(reader: Client) -> None:
    town()
    for text, names in OVER_LINKS:
        assert "".join(found(reader, text)) == names, text
    for text, word in [
        ("Thing/any(d:d/id eq 1)", "leads to one"),
        ("Observations/any(o)", "':'"),
        ("Observations/any(o:o)", "names an entity"),
        ("Observations/any(o:o/name eq 'x')", "no property 'name'"),
        ("Observations/all()", "a name for one"),
        ("Observations", "names an entity"),
        ("name/any(o:o eq 1)", "JSON"),
    ]:
        body = reader.get(f"/Datastreams?$filter={text}", 400)
        assert word in body["message"], body


def test_results_of_every_type_are_found(reader: Client) -> None:
    stream = Datastream.objects.create(
        name="D",
        thing=Thing.objects.create(name="T"),
        sensor=Sensor.objects.create(name="s"),
        observed_property=ObservedProperty.objects.create(name="p"),
    )
    results: list[Any] = [5, -2.5, "open", "5", True, False, None, [1, "a"], {"x": {"y": 7}}]
    for result in results:
        number = isinstance(result, (int, float)) and not isinstance(result, bool)
        value, other = (float(result), None) if number else (None, result)
        store.write([store.Observation(datastream=stream.pk, at=START, value=value, other=other)])
    for text, expected in [
        ("result gt 4", [5]),
        ("result gt '4'", [5, "open", "5", True, False]),
        ("result eq '5'", [5, "5"]),
        ("result eq 'open'", ["open"]),
        ("result eq true", [True]),
        ("result", [True]),
        ("not result", [False]),
        ("result eq null", [None]),
        ("result ne null", [r for r in results if r is not None]),
        ("result ne 5", [r for r in results if r != 5]),
        ("result[0] eq 1 and result/1 eq 'a'", [[1, "a"]]),
        ("result/x/y add 1 eq 8", [{"x": {"y": 7}}]),
        ("'a' in result", [[1, "a"]]),
        ("result/any(r:r eq 1)", [[1, "a"]]),
        ("result eq result", [r for r in results if r is not None]),
        ("abs eq 1", None),
        ("-result eq 2.5", [-2.5]),
        ("result in (5, -2.5, 'open')", [5, -2.5, "open", "5"][:3]),
        ("substringof('pe', result)", ["open"]),
        ("length(result) eq 1", [5, "5"]),
    ]:
        address = f"/Observations?$orderby=id&$filter={text}"
        if expected is None:
            reader.get(address, 400)
        else:
            assert [one["result"] for one in reader.get(address)["value"]] == expected, text


def plan_of(address: str) -> str:
    path, _, query = address.partition("?")
    page = reads.page(
        parse_path(path), parse_options(query.replace(" ", "%20").encode()), EVERYTHING
    )
    with psycopg.connect(**connection.get_connection_params()) as one:
        for other in ("seqscan", "bitmapscan", "sort"):
            one.execute(f"set enable_{other} = off")
        lines = one.execute(f"explain {page.rows.sql}", page.rows.values).fetchall()
    return "\n".join(line[0] for line in lines)


@pytest.mark.parametrize(
    "address",
    [
        "Datastreams(1)/Observations?$orderby=phenomenonTime desc&$top=1",
        "Datastreams(1)/Observations",
        "Observations?$filter=Datastream/id eq 1&$orderby=phenomenonTime desc",
    ],
)
def test_a_datastreams_observations_come_in_key_order_without_a_sort(
    reader: Client, address: str
) -> None:
    store.ensure_partitions(START, START + timedelta(days=60))
    plan = plan_of(address)
    assert "Sort  (" not in plan, plan
    assert "_pkey" in plan
