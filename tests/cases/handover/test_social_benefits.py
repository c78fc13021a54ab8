"""Applications for benefits from sending to the decision, through the simulated procedure."""

import json

import pytest

from cases.handover.conftest import bring_on
from simulators.back_office.store import destination_of
from stadtkern.kernel.cases.forms import publish
from stadtkern.kernel.cases.handover.fit_connect import own_keys
from stadtkern.kernel.cases.journey import begin, co_signing, send
from stadtkern.kernel.cases.models import Case, Handover
from stadtkern.kernel.people.models import Department
from stadtkern.systems.social_benefits.logic import applications
from stadtkern.systems.social_benefits.tests.test_applications import ANSWERS, KIND


@pytest.fixture
def social(offices):
    """The simulator's social procedure, with our forms in front of it."""
    office = offices("fit_connect")
    office.slug = "sozialwesen"
    office.settings = {**office.settings, "destination": destination_of("sozialwesen")}
    office.save()
    for slug in ("soziales", "jobcenter"):
        Department.objects.create(slug=slug, title=slug)
    applications.load_all()
    return office


@pytest.mark.parametrize("slug", ["lebensunterhalt", "wohngeld"])
def test_a_household_is_sent_handed_over_and_decided(slug, social, sim, erika):
    said = {**ANSWERS, **(KIND if slug == "lebensunterhalt" else {})}
    case = begin.begin(publish.published(slug), account=erika, language="de", level=3,
                       answers=said)  # fmt: skip
    case = send.send(case.pk, key=case.submit_key, actor=erika)
    assert not Handover.objects.exists()
    for row in list(case.co_signs.all()):
        co_signing.sign(row, agrees=True, account=None, level=0)
    handover = bring_on(Handover.objects.get(case=case))
    sim.receiver.collect()
    handover = bring_on(handover)
    told = json.dumps(sim.cases())
    assert case.reference in told
    sim.delivery.sender_keys = own_keys.public(json.loads(social.secret), "sig")
    sim.receiver.answer(handover.remote, "status", "Wir prüfen Ihren Antrag.")
    bring_on(handover)
    sim.service.page.decide(handover.remote, "granted", "Dem Antrag wird entsprochen.")
    bring_on(handover)
    found = Case.objects.get(pk=case.pk)
    assert (found.state, found.outcome) == ("decided", "granted")
    assert found.decision.document is not None
    codes = list(found.events.values_list("code", flat=True))
    assert codes.index("submitted") < codes.index("received") < codes.index("decided")
    assert "media_break" not in codes
