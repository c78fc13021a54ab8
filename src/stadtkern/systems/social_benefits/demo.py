"""The demo city's applications for benefits: the forms, and a few invented ones that were sent."""

import random
from typing import Any, Final

from stadtkern.kernel.cases.desk import breaks
from stadtkern.kernel.cases.forms import publish
from stadtkern.kernel.cases.journey import begin, send
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


def fill(rng: random.Random) -> None:
    """Publish and send what is missing; a second run changes nothing."""
    if not load_all() or Case.objects.filter(version__form__slug__in=FORMS).exists():
        return
    person, _new = Account.objects.get_or_create(
        username="demo-sozialleistungen", defaults={"first_name": "Demo", "is_active": False}
    )
    made = [_sent(rng, person, slug, name)
            for slug in ("wohngeld", "lebensunterhalt") for name in NAMES]  # fmt: skip
    staff = Account.objects.filter(is_staff=True).first()
    if staff is not None:
        breaks.note(made[0], "printed", by=staff)


def _sent(rng: random.Random, person: Account, slug: str, name: str) -> Case:
    """Through the same functions as everybody's."""
    version = publish.published(slug)
    assert version is not None
    said = {**SAID, "family_name": name, "rent": 100 * rng.randint(320, 560),
            "income_pension": 100 * rng.randint(600, 1100)}  # fmt: skip
    case = begin.begin(version, account=person, language="de", level=3, answers=said,
                       invented=True)  # fmt: skip
    return send.send(case.pk, key=case.submit_key, actor=person)
