"""Attempts to reach the database past the query language, in every place that takes text."""

import base64
import json
import time
from urllib.parse import quote

import pytest

from stadtkern.kernel.people.models import issue_key
from stadtkern.kernel.sensorthings.parse.options import parse_options
from stadtkern.kernel.sensorthings.parse.path import parse_path
from stadtkern.kernel.sensorthings.plan import reads
from stadtkern.kernel.sensorthings.plan.candidates import questions
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.viewer import Viewer
from stadtkern.kernel.things.models import Datastream, Thing

from .conftest import Client
from .test_expand import city

pytestmark = pytest.mark.django_db(transaction=True)

EVERYTHING = reads.Base(base="http://x", viewer=Viewer(everything=True))
MARK = "intruder"
PAYLOADS = [
    f"'; drop table things_thing; --{MARK}",
    f"') or 1=1 --{MARK}",
    f"' union select label from people_apikey --{MARK}",
    f"' || (select current_user) || '{MARK}",
    f"1; select pg_sleep(60) --{MARK}",
    f"(select pg_sleep(60))::text || '{MARK}'",
    f"$1 %s %(p0)s {{0}} {{a}} {{far}} {{seen}} {MARK}",
    f"\\'; select 1; --{MARK}",
    f'"; drop table things_thing; --{MARK}',
    f"\x00{MARK}",
    f"/* {MARK} */",
    f"$$ {MARK} $$",
    f"{MARK}\u2019 or \uff07 1=1",
]
TEMPLATES = [
    "$filter={}",
    "$filter=name eq {}",
    "$filter=name eq '{q}'",
    "$filter={}(name) eq 1",
    "$filter={} eq 1",
    "$filter=properties/{} eq 1",
    "$filter=properties/'{q}' eq 1",
    "$filter=properties['{q}'] eq 1",
    "$filter=properties[{}] eq 1",
    "$filter=Datastreams/any({}:id eq 1)",
    "$filter=Datastreams/any(d:d/name eq '{q}')",
    "$filter=name in ('{q}', {})",
    "$filter='{q}' in properties/x",
    "$filter=Datastreams/phenomenonTime gt {}",
    "$filter=Datastreams/phenomenonTime gt '{q}'",
    "$filter=Datastreams/phenomenonTime gt duration'{q}'",
    "$filter=st_within(Locations/location, geography'{q}')",
    "$filter=st_within(Locations/location, geography'POINT (1 1){q}')",
    "$filter=st_relate(Locations/location, geography'POINT (1 1)', '{q}')",
    "$filter=substring(name, 0, {}) eq 'x'",
    "$filter=concat(name, '{q}') eq trim('{q}')",
    "$orderby={}",
    "$orderby=name {}",
    "$orderby=properties/'{q}' desc",
    "$orderby=concat(name,'{q}')",
    "$select={}",
    "$expand={}",
    "$expand=Datastreams({}=1)",
    "$expand=Datastreams($filter=name eq '{q}')",
    "$expand=Datastreams($orderby={})",
    "$expand=Datastreams($select={})",
    "$top={}",
    "$skip={}",
    "$count={}",
    "$skiptoken={}",
    "{}=1",
    "${}=1",
]


def addresses(payload: str) -> list[str]:
    doubled = payload.replace("'", "''")
    texts = [one.replace("{q}", doubled).replace("{}", payload) for one in TEMPLATES]
    pairs = [text.partition("=") for text in texts]
    return [f"Things?{quote(name)}={quote(text)}" for name, _, text in pairs]


def tokens(payload: str) -> list[str]:
    values = [[payload], [payload, "1"], ["1", payload], ["name", payload, None]]
    return [base64.urlsafe_b64encode(json.dumps(one).encode()).decode() for one in values]


def test_no_attack_does_or_tells_anything(reader: Client) -> None:
    city(2, 2, 2)
    secret = issue_key(label=f"label of {MARK}", scopes=())[1]
    before = (Thing.objects.count(), Datastream.objects.count())
    for payload in PAYLOADS:
        orders = ("", "&$orderby=name", "&$orderby=properties/x,name")
        forged = [f"Things?$skiptoken={t}{order}" for t in tokens(payload) for order in orders]
        begun = time.monotonic()
        for address in [*addresses(payload), *forged, f"Things({quote(payload)})", quote(payload)]:
            reply = reader.ask("GET", f"/{address}")
            assert reply.status in (200, 400, 404, 501), (address, reply.body)
            assert secret.encode() not in reply.body
            assert b"label of" not in reply.body
        # None of them made the database wait.
        assert time.monotonic() - begun < 50
    assert (Thing.objects.count(), Datastream.objects.count()) == before


def test_no_text_of_a_client_stands_in_a_statement() -> None:
    planned = 0
    for payload in PAYLOADS:
        for address in addresses(payload):
            path, _, query = address.partition("?")
            try:
                page = reads.page(parse_path(path), parse_options(query.encode()), EVERYTHING)
            except Problem:
                continue
            planned += 1
            asked = questions(page.rows.values).values()
            for text in (page.rows.sql, *(one.sql for one in asked)):
                assert MARK not in text, address
    assert planned > len(PAYLOADS) * 8
