"""The demo city's four forms that go through for real, each with its test cases."""

import json
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from stadtkern.kernel.cases.forms import publish
from stadtkern.kernel.cases.models import (
    BackOffice,
    Form,
    FormTest,
    FormVersion,
    OnlineService,
    Service,
)
from stadtkern.kernel.people.models import Department

FOLDER: Final = Path(__file__).parent / "demo_forms"
# Form and service have the same slug; who works on it.
DEPARTMENTS: Final = {
    "bewohnerparkausweis": "buergerdienste",
    "meldebescheinigung": "buergerdienste",
    "bescheinigung-in-steuersachen": "finanzen",
    "zulassung-fabrikneues-fahrzeug": "strassenverkehr",
}
# Whose cases go into a procedure; the others are decided at the desk.
BACK_OFFICES: Final = {"zulassung-fabrikneues-fahrzeug": "kfz"}


@transaction.atomic
def load() -> list[FormVersion]:
    """Publish what is missing; what staff changed since stays. Departments have to be there."""
    return [_load(slug, department) for slug, department in DEPARTMENTS.items()]


def _load(slug: str, department: str) -> FormVersion:
    service = Service.objects.filter(slug=slug).first()
    version = publish.load(
        slug, _told(slug), service=service, note="Demo",
        department=Department.objects.get(slug=department),
        back_office=BackOffice.objects.filter(slug=BACK_OFFICES.get(slug, "")).first(),
    )  # fmt: skip
    if service and not service.online.filter(state="live").exists():
        OnlineService.objects.create(
            service=service, kind="own", form=version.form, complete=True, state="live"
        )
    _tests(version.form)
    return version


def _tests(form: Form) -> None:
    for one in _told("tests")[form.slug]:
        FormTest.objects.get_or_create(
            form=form, name=one["name"],
            defaults={"answers": one["answers"], "expected": one["expected"]},
        )  # fmt: skip


def _told(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
