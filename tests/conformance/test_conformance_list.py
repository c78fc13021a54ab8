"""The service root claims what is tested here, and nothing else is left untested."""

import ast
from pathlib import Path

import pytest
from conformance.conftest import Service

pytestmark = pytest.mark.django_db

PREFIX = "http://www.opengis.net/spec/iot_sensing/1.1/req/"


def written() -> set[str]:
    """The names of the conformance tests of this folder."""
    return {
        node.name
        for file in Path(__file__).parent.glob("test_*.py")
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_req_")
    }


def name_of(requirement: str) -> str:
    path = requirement.removeprefix(PREFIX)
    return "test_req_" + path.replace("/", "_").replace("-", "_")


def test_every_claim_of_the_service_root_is_tested(service: Service) -> None:
    claims, names = service.get("")["serverSettings"]["conformance"], written()
    assert len(claims) == len(set(claims))
    untested = [
        one
        for one in claims
        if one.startswith(PREFIX) and not any(name.startswith(name_of(one)) for name in names)
    ]
    assert untested == []


def test_every_requirement_that_is_tested_is_claimed(service: Service) -> None:
    claims = service.get("")["serverSettings"]["conformance"]
    names = tuple(name_of(one) for one in claims if one.startswith(PREFIX))
    assert sorted(one for one in written() if not one.startswith(names)) == []
