"""A form of an office, people who edit and publish forms, and one from another office."""

import pytest
from django.utils.translation import override

from stadtkern.kernel.cases.forms import publish
from stadtkern.kernel.people.models import Account, Department, Membership, Role

FORM = {
    "title": {"de": "Hund anmelden", "en": "Register a dog"},
    "payment": "upfront",
    "steps": [
        {
            "id": "you", "title": {"de": "Über Sie", "en": "About you"},
            "fields": [
                {"id": "full_name", "kind": "text", "title": {"de": "Name", "en": "Name"}},
                {"id": "email", "kind": "email", "title": {"de": "E-Mail", "en": "E-mail"}},
            ],
        },
        {
            "id": "dog", "title": {"de": "Ihr Hund", "en": "Your dog"},
            "fields": [
                {"id": "size", "kind": "choice", "title": {"de": "Größe", "en": "Size"},
                 "options": [{"value": "big", "title": {"de": "groß", "en": "big"}},
                             {"value": "small", "title": {"de": "klein", "en": "small"}}]},
                {"id": "insurer", "kind": "text", "title": {"de": "Versicherung", "en": "Insurer"},
                 "show": {"all": [{"field": "size", "op": "is", "value": "big"}]}},
            ],
        },
    ],
    "fees": [{"text": {"de": "Marke", "en": "Tag"}, "cents": 500}],
    "name": ["full_name"], "email": "email",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _german():
    with override("de"):
        yield


@pytest.fixture
def office(db):
    return Department.objects.get_or_create(slug="ordnung", defaults={"title": "Ordnung"})[0]


@pytest.fixture
def live(office):
    """The published version of a form of this office."""
    return publish.load("hund", FORM, service=None, department=office)


@pytest.fixture
def draft(live):
    return publish.draft_of(live.form, None)


@pytest.fixture
def somebody(office):
    """A function that makes a person with permissions in one office."""

    def make(*permissions, where=office, name="editor"):
        role = Role.objects.create(
            slug=f"role-{name}", title=name,
            permissions=[f"service_portal.{one}" for one in permissions],
        )  # fmt: skip
        person = Account.objects.create(username=name, is_staff=True)
        Membership.objects.create(account=person, department=where, role=role)
        return person

    return make


@pytest.fixture
def editor(client, somebody):
    """The client of somebody who edits the forms of the office, and may not publish them."""
    client.force_login(somebody("forms"))
    return client
