"""The desk of two offices, in German, at a time that stands still."""

import pytest
from django.utils.translation import override

from cases.desk.world import World, still


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
