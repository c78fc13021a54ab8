"""Parsing and planning need no database: whatever comes in, a tree or a 400 comes out."""

import string
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stadtkern.kernel.sensorthings.entities import ENTITIES
from stadtkern.kernel.sensorthings.parse.expressions import Logic
from stadtkern.kernel.sensorthings.parse.options import parse_options, text_of
from stadtkern.kernel.sensorthings.parse.path import parse_path
from stadtkern.kernel.sensorthings.plan import reads
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.viewer import Viewer

EVERYTHING = reads.Base(base="http://x", viewer=Viewer(everything=True))

WORDS = st.sampled_from(
    [
        "name",
        "result",
        "id",
        "properties",
        "Thing",
        "Datastream",
        "Observations",
        "eq",
        "ne",
        "phenomenonTime",
        "gt",
        "and",
        "or",
        "not",
        "(",
        ")",
        ",",
        ";",
        "=",
        "/",
        "'x'",
        "'it''s'",
        "5",
        "-2.5",
        "1e3",
        "true",
        "null",
        "now()",
        "length(",
        "substringof(",
        "year(",
        "desc",
        "2026-01-01T00:00:00Z",
        "$top",
        "$expand",
        "$filter",
        "';",
        "--",
        "\x00",
        "%",
        "ä",
    ]
)
SENTENCES = st.lists(WORDS, max_size=25).map(" ".join)


def planned(entity: str, **options: str) -> str:
    query = "&".join(f"${name}={quote(text)}" for name, text in options.items())
    page = reads.page(parse_path(entity), parse_options(query.encode()), EVERYTHING)
    return page.rows.sql


def outcome(attempt: Callable[[], object]) -> int:
    """The status that an attempt would be answered with; anything but a Problem is a crash."""
    try:
        attempt()
    except Problem as problem:
        return problem.status if problem.message else 0
    return 200


def refused(entity: str, **options: str) -> str:
    with pytest.raises(Problem) as caught:
        planned(entity, **options)
    assert caught.value.status == 400
    return caught.value.message


@settings(max_examples=400, deadline=None)
@given(
    entity=st.sampled_from(sorted(ENTITIES)),
    name=st.sampled_from(["filter", "orderby", "expand", "select", "top", "skiptoken"]),
    text=SENTENCES | st.text(max_size=60) | st.text(string.printable, max_size=40),
)
def test_any_text_is_planned_or_refused_with_a_400(entity: str, name: str, text: str) -> None:
    assert outcome(lambda: planned(entity, **{name: text})) in (200, 400)


@settings(max_examples=200, deadline=None)
@given(text=st.text(string.ascii_letters + "()/$0123456789'- ", max_size=40))
def test_any_path_leads_somewhere_or_is_a_404(text: str) -> None:
    assert outcome(lambda: parse_path(text)) in (200, 404)


@settings(max_examples=200, deadline=None)
@given(value=st.text(max_size=30))
def test_no_text_of_a_user_ever_stands_in_the_sql(value: str) -> None:
    quoted = value.replace("'", "''")
    marked = planned("Things", filter=f"name eq 'M{quoted}M'", orderby="properties/key")
    assert f"M{value}M" not in marked
    assert marked == planned("Things", filter="name eq 'harmless'", orderby="properties/key")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"filter": "name eq"}, ["$filter", "position 8", "the end"]),
        ({"filter": "name eq 'x"}, ["$filter", "position 9", "closing '"]),
        ({"filter": "nam eq 'x'"}, ["Thing has no property 'nam'", "name"]),
        ({"filter": "name eq 3"}, ["a string", "a number"]),
        ({"filter": "name"}, ["true or false", "a string"]),
        ({"filter": "foo(name)"}, ["no function 'foo'", "substringof"]),
        ({"filter": "startswith(name)"}, ["takes 2 arguments"]),
        ({"filter": "Datastreams eq 5"}, ["names an entity"]),
        ({"filter": "name eq 'x' )"}, ["position 13", "expected the end"]),
        ({"top": "-1"}, ["$top", "whole number"]),
        ({"top": "many"}, ["$top", "whole number"]),
        ({"count": "maybe"}, ["$count", "true or false"]),
        ({"orderby": "name sideways"}, ["asc, desc"]),
        ({"orderby": "Datastreams/name"}, ["leads to many"]),
        ({"select": "nam"}, ["no property 'nam'"]),
        ({"expand": "Sensor"}, ["Thing has no link 'Sensor'", "Datastreams"]),
        ({"expand": "Datastreams($tip=1)"}, ["unknown option '$tip'"]),
        ({"expand": "Datastreams($top=1"}, ["position 19", "')'"]),
        ({"nonsense": "1"}, ["unknown option '$nonsense'", "$filter"]),
        ({"skiptoken": "?"}, ["$skiptoken"]),
    ],
)
def test_a_refusal_names_the_option_the_place_and_what_was_expected(
    options: dict[str, str], words: list[str]
) -> None:
    message = refused("Things", **options)
    for word in words:
        assert word in message


def test_brackets_nest_to_a_limit_and_long_chains_are_no_nesting() -> None:
    assert "deeper" in refused("Things", filter="(" * 50 + "id eq 1" + ")" * 50)
    assert "longer" in refused("Things", filter=" or ".join(["id eq 1"] * 1600))
    assert "more than 60" in refused("Things", filter=" add ".join(["id"] * 90) + " eq 1")
    chain = parse_options(b"$filter=" + quote(" or ".join(["id eq 1"] * 600)).encode())
    assert isinstance(chain.filter, Logic)
    assert len(chain.filter.operands) == 600


def test_what_takes_long_to_plan_is_refused() -> None:
    assert "3000 words" in refused("Things", filter=f"id in ({','.join(['1'] * 2000)})")
    assert planned("Things", filter=f"id in ({','.join(['1'] * 1000)})").count(" = any (") == 1
    assert "20 keys" in refused("Things", orderby=",".join(["id"] * 21))
    assert "100 links" in refused("Things", expand="*/*/*/*/*")
    many = ",".join(f"Datastreams($expand=Observations($filter=id eq {n}))" for n in range(2))
    assert "twice" in refused("Things", expand=many)


def test_expanding_stops_at_eight_levels() -> None:
    eight = "/".join(["Datastreams", "Thing"] * 4)
    assert planned("Things", expand=eight)
    assert "8 levels" in refused("Things", expand=f"{eight}/Locations")


def test_an_expand_is_written_down_as_it_was_understood() -> None:
    text = "Datastreams($filter=name eq 'a;b)';$expand=Sensor),Datastreams/Thing,Locations"
    options = parse_options(b"$expand=" + quote(text).encode())
    again = parse_options(b"$expand=" + quote(text_of(options.expand)).encode())
    assert text_of(again.expand) == text_of(options.expand)
    assert [one.name for one in again.expand] == ["Datastreams", "Locations"]
    assert [one.name for one in again.expand[0].options.expand] == ["Sensor", "Thing"]


def test_an_option_given_twice_is_refused() -> None:
    with pytest.raises(Problem, match="twice"):
        parse_options(b"$top=1&$top=2")
    assert "twice" in refused("Things", expand="Datastreams($top=1),Datastreams($top=2)")


def test_a_plus_that_was_not_encoded_is_still_a_time_zone() -> None:
    raw = parse_options(b"$filter=time gt 2026-01-01T02:00:00+02:00")
    encoded = parse_options(b"$filter=time%20gt%202026-01-01T00:00:00Z")
    assert raw.filter.right.value == encoded.filter.right.value  # type: ignore[union-attr]
