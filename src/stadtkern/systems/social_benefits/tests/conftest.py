"""Applications for benefits as a test needs them."""

import pytest
from django.utils.translation import override

from stadtkern.kernel.cases.models import Service
from stadtkern.kernel.people.models import Account, Department
from stadtkern.systems.social_benefits.logic import applications


@pytest.fixture(autouse=True)
def _german():
    with override("de"):
        yield


@pytest.fixture
def forms(db):
    """The forms of this system, in a city with its departments and services."""
    for slug in ("soziales", "jobcenter"):
        Department.objects.create(slug=slug, title=slug.title())
    for slug in applications.SERVICES:
        Service.objects.create(slug=slug, title=slug)
    applications.load_all()


@pytest.fixture
def citizen(db):
    return Account.objects.create(username="ada", email="ada@example.org", first_name="Ada")
