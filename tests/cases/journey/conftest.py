"""An office with two forms: one that is simple, one with a fee, files and others who sign."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils.translation import override

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.models import Booking, Occupancy, Resource, Unit
from stadtkern.kernel.cases.forms import publish
from stadtkern.kernel.cases.journey import begin, save
from stadtkern.kernel.payments.models import Provider, Transaction
from stadtkern.kernel.payments.providers.protocol import Outcome
from stadtkern.kernel.payments.settle import learn
from stadtkern.kernel.people.models import Account, Department

NOW = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)


def words(text):
    return {"de": text, "en": f"{text} (en)"}


SIMPLE = {
    "title": words("Bescheinigung"),
    "guests": True,
    "name": ["family_name"],
    "email": "email",
    "texts": {"file_now": words("Sie können den Antrag jetzt bekannt machen.")},
    "steps": [
        {
            "id": "person",
            "title": words("Zur Person"),
            "fields": [
                {
                    "id": "family_name",
                    "kind": "text",
                    "title": words("Familienname"),
                    "prefill": "family_name",
                },
                {"id": "email", "kind": "email", "title": words("E-Mail"), "required": False},
                {
                    "id": "kind",
                    "kind": "choice",
                    "title": words("Art"),
                    "options": [
                        {"value": "plain", "title": words("Einfach")},
                        {"value": "full", "title": words("Erweitert")},
                    ],
                },
            ],
        },
        {
            "id": "why",
            "title": words("Zweck"),
            "fields": [
                {"id": "reason", "kind": "text", "title": words("Zweck")},
            ],
            "show": {"all": [{"field": "kind", "op": "is", "value": "full"}]},
        },
    ],
}
RICH = {
    "title": words("Bewohnerparkausweis"),
    "payment": "upfront",
    "level": 1,
    "name": ["family_name"],
    "email": "email",
    "fees": [
        {
            "text": words("Ausweis"),
            "cents": 3070,
            "budget": "parken",
            "when": {"all": [{"field": "free", "op": "is_not", "value": True}]},
        }
    ],
    "co_sign": "keeper_email",
    "co_sign_name": "keeper",
    "keep_days": {"granted": 400, "rejected": 100, "withdrawn": 30, "expired": 0},
    "steps": [
        {
            "id": "person",
            "title": words("Zur Person"),
            "fields": [
                {"id": "family_name", "kind": "text", "title": words("Familienname")},
                {"id": "email", "kind": "email", "title": words("E-Mail")},
                {"id": "free", "kind": "boolean", "title": words("Befreit"), "required": False},
            ],
        },
        {
            "id": "car",
            "title": words("Fahrzeug"),
            "fields": [
                {"id": "plate", "kind": "plate", "title": words("Kennzeichen")},
                {
                    "id": "paper",
                    "kind": "file",
                    "title": words("Fahrzeugschein"),
                    "required": False,
                    "most": 2,
                    "types": ["application/pdf", "image/jpeg", "image/png"],
                },
                {"id": "keeper", "kind": "text", "title": words("Halter"), "required": False},
                {
                    "id": "keeper_email",
                    "kind": "email",
                    "title": words("E-Mail des Halters"),
                    "required": False,
                },
            ],
        },
        {
            "id": "people",
            "title": words("Mitfahrende"),
            "repeated": True,
            "least": 0,
            "most": 3,
            "each": words("Person"),
            "fields": [
                {"id": "rider", "kind": "text", "title": words("Name")},
            ],
        },
    ],
}


@pytest.fixture(autouse=True)
def _german():
    with override("de"):
        yield


@pytest.fixture
def now(monkeypatch):
    """The time it is; a test sets it forward."""

    class Now:
        at = NOW

        def later(self, **span):
            self.at += timedelta(**span)

    held = Now()
    monkeypatch.setattr(clock, "now", lambda: held.at)
    return held


@pytest.fixture
def office(db):
    return Department.objects.create(slug="buergerdienste", title="Bürgerdienste")


@pytest.fixture
def simple(office, now):
    """A version of the simple form."""
    return publish.load("bescheinigung", SIMPLE, service=None, department=office)


@pytest.fixture
def rich(office):
    """A version of the form with a fee and others who sign."""
    return publish.load("parkausweis", RICH, service=None, department=office)


@pytest.fixture
def erika(db):
    return Account.objects.create(username="erika", email="erika@example.org",
                                  last_name="Muster", email_confirmed=NOW)  # fmt: skip


@pytest.fixture
def draft(erika, now):
    """A function that begins a case and fills it in."""

    def make(version, *, account=erika, level=1, language="de", **steps):
        case = begin.begin(version, account=account, language=language, level=level)
        for step, values in steps.items():
            case = save.save(case.pk, step, values, revision=case.revision, actor=account)
        return case

    return make


@pytest.fixture
def ready(draft, simple):
    """A simple draft with everything in it."""
    return draft(simple, person={"family_name": "Muster", "kind": "plain",
                                 "email": "erika@example.org"})  # fmt: skip


@pytest.fixture
def parking(draft, rich):
    """A rich draft with everything in it, and nobody else who signs."""
    return draft(rich, person={"family_name": "Muster", "email": "erika@example.org"},
                 car={"plate": "HER-AB 123"})  # fmt: skip


@pytest.fixture
def pay():
    """A function that plays the payment provider: it says that a charge was paid."""

    def paid(charge, *, cents=None):
        provider, _new = Provider.objects.get_or_create(
            slug="test", defaults={"title": "Test", "adapter": "counter"}
        )
        row = Transaction.objects.create(charge=charge, provider=provider, cents=charge.cents)
        said = Outcome(state="booked", cents=cents or charge.cents, method="card")
        learn(row.pk, said)
        return row

    return paid


@pytest.fixture
def visit(now):
    """A booked appointment."""
    resource = Resource.objects.create(kind="x", name="Amt")
    unit = Unit.objects.create(resource=resource, number=1)
    ends = now.at + timedelta(hours=1)
    with transaction.atomic():
        made = Booking.objects.create(kind="appointments.visit", resource=resource,
                                      state="booked", begins=now.at, ends=ends)  # fmt: skip
        Occupancy.objects.create(booking=made, unit=unit, during=(now.at, ends))
    return made
