"""The demo's catalogue, as the city ships it."""

import pytest
from django.utils.translation import override

from stadtkern.systems.service_portal import demo_services


@pytest.fixture(autouse=True)
def _german():
    with override("de"):
        yield


@pytest.fixture
def services(db):
    """All services of the demo, none of them online."""
    demo_services.load()
