"""The demo city's service portal: services, forms, and invented cases in every state."""

import random
from collections.abc import Callable
from typing import Any, Final

from stadtkern.kernel.cases.forms import definition as forms
from stadtkern.kernel.cases.forms import run
from stadtkern.kernel.cases.journey import begin, ending, file_now, send
from stadtkern.kernel.cases.models import Case, FormTest, FormVersion
from stadtkern.kernel.cases.models.journey import Draft
from stadtkern.kernel.people.models import Account
from stadtkern.systems.service_portal import (
    demo_back_offices,
    demo_desk,
    demo_forms,
    demo_services,
)

CITIZEN: Final = "erika.mustermann@example.org"


def fill(rng: random.Random) -> None:
    """Create what is missing; a second run changes nothing."""
    demo_services.load()
    demo_back_offices.load()
    versions = demo_forms.load()
    if Case.objects.filter(invented=True).exists():
        return
    citizen = Account.objects.filter(email=CITIZEN, is_staff=False).first()
    for version in versions:
        _cases(version, citizen)
    demo_desk.load()


def _cases(version: FormVersion, citizen: Account | None) -> None:
    """One case in each state that comes before the desk; the desk's own part makes the others."""
    answers = _complete(version)
    if answers is None or citizen is None:
        return
    _draft(version, citizen, dict(list(answers.items())[: len(answers) // 2]))
    for follow in FOLLOWS.get(version.form.slug, ()):
        follow(_draft(version, citizen, answers))


def _complete(version: FormVersion) -> dict[str, Any] | None:
    """The answers of a test case of the form with which it could be sent."""
    definition = forms.read(version.definition)
    for test in FormTest.objects.filter(form=version.form).order_by("pk"):
        if not run.faults(definition, test.answers, language="de"):
            return dict(test.answers)
    return None


def _draft(version: FormVersion, citizen: Account, answers: dict[str, Any]) -> Case:
    case = begin.begin(version, account=citizen, language="de", level=4, answers=answers,
                       invented=True)  # fmt: skip
    said = {"revision": 0, "at": case.created.isoformat()}
    done = [step["id"] for step in version.definition["steps"]
            if any(one["id"] in answers for one in step.get("fields", ()))]  # fmt: skip
    Draft.objects.filter(case=case).update(steps=dict.fromkeys(done, said))
    return case


def _send(case: Case) -> None:
    send.send(case.pk, key=case.submit_key, actor=None)


def _withdraw(case: Case) -> None:
    _send(case)
    ending.withdraw(case.pk)


def _make_known(case: Case) -> None:
    if file_now.is_possible(forms.read(case.version.definition)):
        file_now.file_now(case)


FOLLOWS: Final[dict[str, tuple[Callable[[Case], None], ...]]] = {
    "bewohnerparkausweis": (_send,),
    "meldebescheinigung": (_send, _withdraw),
    "bescheinigung-in-steuersachen": (_send, _make_known),
    "zulassung-fabrikneues-fahrzeug": (_send,),
}
