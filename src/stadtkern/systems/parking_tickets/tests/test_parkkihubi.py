"""Programs written for Parkkihubi's interfaces find what these describe; whatever they send."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
import schemathesis
import yaml
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
)

from stadtkern.systems.parking_tickets.models import PermitArea, PermitSeries
from stadtkern.systems.parking_tickets.tests.test_enforcement import Handheld
from stadtkern.systems.parking_tickets.tests.test_operators import App, at

DATA = Path(__file__).parent / "data"
CHECKS = (not_a_server_error, response_schema_conformance, content_type_conformance)
KNOWN = {"operator": "/api/parking_tickets/operator/v1", "enforcement":
         "/api/parking_tickets/enforcement/v1"}  # fmt: skip
BOUNDED = settings(
    max_examples=5, deadline=None, database=None, derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def operations(name: str) -> list[Any]:
    described = yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))
    schema = schemathesis.openapi.from_dict(_with_ends(described))
    return [pytest.param(name, one.ok(), id=f"{name} {one.ok().label}")
            for one in schema.get_all_operations()]  # fmt: skip


def _with_ends(described: Any) -> Any:
    """Lists end: their own examples have `next: null`, which their schema forgets to allow."""
    if isinstance(described, dict):
        ends = {"nullable": True} if described.get("format") == "uri" else {}
        return {name: _with_ends(value) for name, value in described.items()} | ends
    return [_with_ends(one) for one in described] if isinstance(described, list) else described


def answered(case: Any, key: str, base: str, known: dict[str, Any]) -> Response:
    """The answer of our server to a generated request."""
    path = case.formatted_path
    query = {name: value for name, value in (case.query or {}).items() if value is not None}
    url = f"{base}{path}" + (f"?{urlencode(query, doseq=True)}" if query else "")
    body = case.body if isinstance(case.body, dict | list | str | int | float | bool) else None
    if isinstance(body, dict):
        # What is generated knows nothing of our town: some of it is put right.
        body = {**body, **{name: v for name, v in known.items() if name in body}}
    told = Client().generic(case.method, url, json.dumps(body) if body is not None else "",
                            content_type="application/json",
                            HTTP_AUTHORIZATION=f"ApiKey {key}")  # fmt: skip
    sent = requests.Request(case.method, f"http://testserver{url}").prepare()
    headers = {name.lower(): [value] for name, value in told.headers.items()}
    return Response(told.status_code, headers, told.content, sent, 0.0, True)


@pytest.fixture
def keys(client, town):
    app = App(client, town.operator)
    series = PermitSeries.objects.create(operator=town.operator, active=True)
    PermitArea.objects.create(code="B", name="B", zone=town.zone).operators.add(town.operator)
    parking = app.starts().json()["id"]
    city = Handheld(client, "parking_tickets:permits").key
    return {"operator": app.secret, "enforcement": city, "parking": parking, "series": series.pk}


@pytest.mark.parametrize(("name", "operation"), operations("operator") + operations("enforcement"))
def test_every_address_answers_as_described(keys, name, operation):
    right = {"zone": "4711", "domain": "CITY", "time_start": at(), "time_end": at(minutes=30),
             "registration_number": "HER-P 1", "series": keys["series"]}  # fmt: skip
    seen = []

    @seed(7)
    @BOUNDED
    @given(operation.as_strategy(), st.booleans())
    def ask(case, put_right):
        if put_right:
            own = {"parking_id": keys["parking"], "permitseries_id": str(keys["series"])}
            given_ids = case.path_parameters or {}
            case.path_parameters = {name: own.get(name, given_ids[name]) for name in given_ids}
        response = answered(case, keys[name], KNOWN[name], right if put_right else {})
        case.validate_response(response, checks=list(CHECKS))
        seen.append(response.status_code)

    ask()
    assert seen
    assert not {401, 405} & set(seen), (operation.label, seen)
