"""The demo city's applications for benefits: the forms, and a few invented ones that were sent."""

import random
from typing import Any, Final

from stadtkern.kernel.cases.desk import breaks
from stadtkern.kernel.cases.forms import publish
from stadtkern.kernel.cases.journey import begin, co_signing, file_now, send
from stadtkern.kernel.cases.models import Case
from stadtkern.kernel.people.models import Account
from stadtkern.systems.social_benefits.logic.applications import FORMS, load_all

NAMES: Final = ("Probe", "Muster", "Beispiel", "Versuch", "Vorlage", "Entwurf")
# Of one household each; the IBAN is the example of the standard.
SAID: Final[dict[str, Any]] = {
    "first_name": "Demo", "birth_date": "1955-03-04", "street": "Musterweg 1",
    "postcode": "44623", "town": "Herne", "email": "demo@herne.example", "home": "rent",
    "living_space": 52, "running_costs": 9_500, "heating": 7_000, "income_kinds": ["pension"],
    "savings": "little", "account_holder": "Demo", "iban": "DE89370400440532013000",
    "agreed": ["yes"], "benefit_kind": "old_age",
}  # fmt: skip

# They share a mailbox, and each signs for themselves.
ADULTS: Final[list[dict[str, Any]]] = [
    {"m_first_name": name, "m_family_name": "Beispiel", "m_birth_date": born,
     "m_relation": relation, "m_income": 30_000, "m_email": "familie@herne.example"}
    for name, born, relation in (("Bea", "1957-06-01", "partner"), ("Mia", "1949-02-03", "parent"))
]  # fmt: skip


def fill(rng: random.Random) -> None:
    """Publish and send what is missing; a second run changes nothing."""
    if not load_all() or Case.objects.filter(version__form__slug__in=FORMS).exists():
        return
    person, _new = Account.objects.get_or_create(
        username="demo-sozialleistungen", defaults={"first_name": "Demo", "is_active": False}
    )
    made = [_sent(rng, person, slug, name)
            for slug in ("wohngeld", "lebensunterhalt") for name in NAMES]  # fmt: skip
    _of_the_citizen()
    staff = Account.objects.filter(is_staff=True).first()
    if staff is not None:
        breaks.note(made[0], "printed", by=staff)


def _of_the_citizen() -> None:
    """For the demo's citizen: one that two adults of one mailbox have to sign, one made known."""
    citizen = Account.objects.filter(email__startswith="erika.", is_staff=False).first()
    version, later = publish.published("lebensunterhalt"), publish.published("wohngeld")
    if citizen is None or version is None or later is None:
        return
    said = {**SAID, "family_name": "Beispiel", "first_name": "Erika", "rent": 41_000,
            "income_pension": 70_000, "members": ADULTS}  # fmt: skip
    case = begin.begin(version, account=citizen, language="de", level=3, answers=said,
                       invented=True)  # fmt: skip
    case = send.send(case.pk, key=case.submit_key, actor=citizen)
    row = case.co_signs.first()
    if row is not None:
        co_signing.sign(row, agrees=True, account=None, level=3)
    draft = begin.begin(later, account=citizen, language="de", level=1, invented=True)
    file_now.file_now(draft)


def _sent(rng: random.Random, person: Account, slug: str, name: str) -> Case:
    """Through the same functions as everybody's."""
    version = publish.published(slug)
    assert version is not None
    said = {**SAID, "family_name": name, "rent": 100 * rng.randint(320, 560),
            "income_pension": 100 * rng.randint(600, 1100)}  # fmt: skip
    case = begin.begin(version, account=person, language="de", level=3, answers=said,
                       invented=True)  # fmt: skip
    return send.send(case.pk, key=case.submit_key, actor=person)
