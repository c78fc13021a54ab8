"""Two offices, people with roles in them, a form, and cases that were sent."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from stadtkern.kernel import clock
from stadtkern.kernel.cases.desk import periods
from stadtkern.kernel.cases.forms import publish
from stadtkern.kernel.cases.models import Case
from stadtkern.kernel.people.models import Account, Department, Membership, Role

BERLIN = ZoneInfo("Europe/Berlin")
# A Monday, far from holidays.
MONDAY = datetime(2026, 11, 9, 9, 0, tzinfo=BERLIN)
CLERK = ["service_portal.see", "service_portal.work", "service_portal.decide"]
HEAD = [*CLERK, "service_portal.approve"]

FORM = {
    "title": {"de": "Bewohnerparkausweis", "en": "Resident parking permit"},
    "steps": [
        {
            "id": "you",
            "title": {"de": "Über Sie", "en": "About you"},
            "fields": [
                {"id": "family_name", "kind": "text", "title": {"de": "Name", "en": "Name"}},
                {"id": "email", "kind": "email", "title": {"de": "E-Mail", "en": "E-mail"}},
                {"id": "plate", "kind": "plate", "title": {"de": "Kennzeichen", "en": "Plate"}},
                {"id": "zone", "kind": "text", "title": {"de": "Zone", "en": "Zone"}},
                {"id": "proof", "kind": "file", "title": {"de": "Fahrzeugschein"},
                 "required": False},
            ],
        },
    ],
    "name": ["family_name"], "email": "email", "guests": True,
    "work_days": 5, "appeal_days": 30,
    "grants": [{"kind": "resident-parking", "subject": "plate", "months": 12, "data": ["zone"],
                "number": "BPA-"}],
    "texts": {
        "granted": {"de": "Guten Tag {name},\n\nwir geben Ihrem Antrag statt."},
        "request": {"de": "Bitte schicken Sie uns den Fahrzeugschein zu {answer.plate}."},
        "appeal": {"de": "Gegen diesen Bescheid kann innerhalb eines Monats nach Bekanntgabe "
                         "Klage erhoben werden.", "en": "You can sue within one month."},
    },
}  # fmt: skip
ANSWERS = {"family_name": "Çelik-Łukasz", "email": "a@example.org", "plate": "HER-AB 123",
           "zone": "3"}  # fmt: skip


class World:
    """What a test of the desk needs."""

    def __init__(self):
        self.roles = {
            "clerk": Role.objects.create(slug="test.clerk", title="Clerk", permissions=CLERK),
            "head": Role.objects.create(slug="test.head", title="Head", permissions=HEAD),
        }
        self.parking = Department.objects.create(slug="test-parken", title="Amt für Parken",
                                                 address="Musterweg 1, 44623 Herne")  # fmt: skip
        self.social = Department.objects.create(slug="test-soziales", title="Amt für Soziales")
        self.anna = self.person("anna", "clerk", self.parking)
        self.bert = self.person("bert", "head", self.parking)
        self.cora = self.person("cora", "head", self.social)
        self.citizen = Account.objects.create(username="citizen", email="a@example.org")

    def person(self, name, role, *departments):
        made = Account.objects.create(username=name, is_staff=True)
        for one in departments:
            Membership.objects.create(account=made, department=one, role=self.roles[role])
        return made

    def form(self, slug="parken", *, department=None, **changed):
        return publish.load(slug, {**FORM, **changed}, service=None,
                            department=department or self.parking)  # fmt: skip

    def case(self, version=None, *, state="submitted", guest=False, answers=None, **said):
        version = version or self.form()
        sent = said.pop("submitted", clock.now())
        row = Case(version=version, department=version.form.department, state=state,
                   account=None if guest else self.citizen, name="Çelik-Łukasz",
                   email="a@example.org", submitted=sent,
                   due=periods.due_at(sent, version.definition.get("work_days", 14)))  # fmt: skip
        for name, value in said.items():
            setattr(row, name, value)
        row.answers = {**ANSWERS, **(answers or {})}
        row.save()
        return row


def still(monkeypatch):
    """A clock that a test moves: `now.at`."""
    held = SimpleNamespace(at=MONDAY)
    held.later = lambda **span: setattr(held, "at", held.at + timedelta(**span))
    monkeypatch.setattr(clock, "now", lambda: held.at)
    return held
