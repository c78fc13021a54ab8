"""The desk of two offices, in German, at a time that stands still."""

import pytest
from cases.desk.world import World, still
from django.utils.translation import override


@pytest.fixture(autouse=True)
def _german():
    with override("de"):
        yield


@pytest.fixture
def now(monkeypatch):
    return still(monkeypatch)


@pytest.fixture
def world(db, now):
    return World()
