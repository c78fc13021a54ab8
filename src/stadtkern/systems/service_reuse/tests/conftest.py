"""A service with a candidate, and people who may keep the register or decide."""

import pytest
from django.utils.translation import override

from stadtkern.kernel import clock
from stadtkern.kernel.cases.models import Form, FormVersion, OnlineService, Service
from stadtkern.kernel.people import roles
from stadtkern.kernel.people.models import Account, Department, Role
from stadtkern.systems.service_reuse import lists, stepping
from stadtkern.systems.service_reuse.models import Candidate, Decision, Trial


@pytest.fixture(autouse=True)
def _german():
    """A page that another test asked for in English leaves its language behind."""
    with override("de"):
        yield


@pytest.fixture
def office(db):
    return Department.objects.create(slug="soziales", title="Soziales")


@pytest.fixture
def service(office):
    return Service.objects.create(slug="wohngeld", title="Wohngeld", department=office,
                                  yearly=1000)  # fmt: skip


@pytest.fixture
def candidate(service):
    return Candidate.objects.create(
        service=service, title="Wohngeld online", state="SH", source="Pressemitteilung",
        url="https://example.org/wohngeld",
    )  # fmt: skip


@pytest.fixture
def own_form(service, office):
    """Our own form for the service, live."""
    form = Form.objects.create(slug="wohngeld-form", title="Wohngeld", service=service,
                               department=office)  # fmt: skip
    FormVersion.objects.create(form=form, number=3, state="published", published=clock.now(),
                               definition={"title": {"de": "W"}, "steps": []})  # fmt: skip
    return OnlineService.objects.create(service=service, kind="own", form=form, complete=True,
                                        state="live")  # fmt: skip


@pytest.fixture
def decided(candidate):
    """The decision to reuse the candidate."""
    return Decision.objects.create(
        service=candidate.service, candidate=candidate, state="decided", outcome="reuse",
        sensible="Es passt.", economical="Es ist günstiger.", decided=clock.now(),
        review_on="2030-01-01", costs={"reuse": {}, "own": {}},
    )  # fmt: skip


@pytest.fixture
def check():
    """A function that says yes to every line of a list."""

    def check(candidate, slug):
        for item in lists.read(slug).items():
            stepping.find_out(candidate, slug, item, "yes", note="gesehen", url="", actor="test")

    return check


@pytest.fixture
def ready(candidate, decided, check):
    """A candidate that is tested and only waits to go live."""
    check(candidate, "requirements")
    check(candidate, "connection")
    Trial.objects.create(candidate=candidate, state="good", by="test", done=clock.now())
    for step in ("assessed", "contracted", "connected", "tested"):
        stepping.move(candidate.pk, step, actor="test")
    candidate.refresh_from_db()
    return candidate


@pytest.fixture
def signed_in(client, db):
    """A function that signs somebody in who has this role of reuse."""

    def sign_in(role):
        roles.sync()
        person = Account.objects.create(username=role, is_staff=True)
        person.roles.add(Role.objects.get(slug=f"service_reuse.{role}"))
        client.force_login(person)
        return client

    return sign_in
