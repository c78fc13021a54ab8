"""A catalogue with a few services, the models, and people who may assess."""

import pytest
from django.utils.translation import override

from stadtkern.kernel import clock
from stadtkern.kernel.cases.models import Form, FormVersion, OnlineService, Service
from stadtkern.kernel.people import roles
from stadtkern.kernel.people.models import Account, Department, Role
from stadtkern.systems.digital_maturity import assessing, versions


@pytest.fixture(autouse=True)
def _german():
    """A page that another test asked for in English leaves its language behind."""
    with override("de"):
        yield


@pytest.fixture
def model(db):
    """The model of the city."""
    versions.load()
    return assessing.current_model()


@pytest.fixture
def office(db):
    return Department.objects.create(slug="buergerdienste", title="Bürgerdienste")


@pytest.fixture
def make(office):
    """A function that puts a service into the catalogue."""

    def make(slug="ausweis", **told):
        texts = told.pop("texts", {"what": "Ein Text.", "steps": "So geht es.",
                                   "fees": "Kostenlos."})  # fmt: skip
        told = {"title": slug.title(), "department": office, "level": 0, "yearly": 100, **told}
        return Service.objects.create(slug=slug, texts={"de": texts}, **told)

    return make


@pytest.fixture
def goes_online(office):
    """A function that gives a service an own form that is live."""

    def go(service, *, complete=True, definition=None):
        form = Form.objects.create(slug=f"{service.slug}-form", title="F", service=service,
                                   department=office)  # fmt: skip
        said = {"title": {"de": "F"}, "level": service.level, "payment": "none", "steps": [
            {"id": "a", "title": {"de": "A"}, "fields": [
                {"id": "name", "kind": "text", "title": {"de": "N"}, "prefill": "family_name"},
                {"id": "proof", "kind": "file", "title": {"de": "P"}}]}],
            **(definition or {})}  # fmt: skip
        FormVersion.objects.create(form=form, number=1, state="published", definition=said,
                                   published=clock.now())  # fmt: skip
        OnlineService.objects.create(service=service, kind="own", form=form, complete=complete,
                                     state="live")  # fmt: skip
        return form

    return go


@pytest.fixture
def signed_in(client, db):
    """A function that signs somebody in who has this role of digital maturity."""

    def sign_in(role):
        roles.sync()
        person = Account.objects.create(username=role, is_staff=True)
        person.roles.add(Role.objects.get(slug=f"digital_maturity.{role}"))
        client.force_login(person)
        return client

    return sign_in


# The best answer to every question, and one for each scope that asks for everything.
BEST = {
    "info": "yes", "apply_info": "yes", "fim": "yes", "application": "yes", "online": "yes",
    "carried": "yes", "account_useful": "yes", "account": "yes", "account_network": "yes",
    "auth_needed": "yes", "auth_online": "yes", "pay_needed": "yes", "pay_upfront": "yes",
    "pay_online": "yes", "docs_needed": "yes", "docs_attach": "yes", "once_docs": "yes",
    "once": "yes", "notice": "yes", "notice_digital": "yes", "status": "yes",
    "transparent": "yes",
}  # fmt: skip


@pytest.fixture
def best():
    """All answers of a service at level 4."""
    return dict(BEST)


@pytest.fixture
def measured(model):
    """A function that completes an assessment with these answers beside the best ones."""

    def measure(service, by="test", **answers):
        draft = assessing.begin(service, model, by)
        said = {**BEST, **answers}
        notes = dict.fromkeys(said, "geprüft")
        reasons = {str(number): "nicht nötig" for number in range(1, 11)}
        draft = assessing.answer(
            draft.pk, assessing.Said(values=said, notes=notes, reasons=reasons),
            revision=draft.revision, actor=by,
        )  # fmt: skip
        return assessing.complete(draft.pk, revision=draft.revision, actor=by)

    return measure
