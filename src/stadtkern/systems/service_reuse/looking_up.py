"""The job that asks FIT-Connect where applications of a service would go."""

from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.cases.handover.fit_connect import routing
from stadtkern.kernel.cases.handover.fit_connect.service import Service
from stadtkern.kernel.cases.handover.protocol import NotHandedOver, Parcel
from stadtkern.kernel.cases.models import BackOffice
from stadtkern.systems.service_reuse.models import Candidate, Trial


def run(number: int) -> str:
    """Find the destination and check that it can be written to; asked twice it asks twice."""
    trial = Trial.objects.select_related("candidate__service", "back_office").filter(
        pk=number, state="waiting"
    ).first()  # fmt: skip
    if trial is None or trial.back_office is None:
        return "nothing to try"
    try:
        found = _destination(trial.candidate, trial.back_office)
    except NotHandedOver as fault:
        state, text = "bad", str(fault)
    else:
        state = "good"
        text = _("Destination %(number)s answers and has a usable key.") % {"number": found}
    done = Trial.objects.filter(pk=number, state="waiting")
    done.update(state=state, text=text[:500], done=clock.now())
    return state


def _destination(candidate: Candidate, office: BackOffice) -> str:
    """Raises NotHandedOver: no destination, or one that nothing can be encrypted for."""
    parcel = Parcel(
        key="", reference="", service=candidate.service.slug, leika=candidate.leika,
        title=candidate.title, form="", version=0, schema=candidate.fim, submitted="", applied="",
        language="de", level=0, answers={}, definition={}, applicant={},
    )  # fmt: skip
    service = Service(office)
    number = routing.destination(service, parcel, {})
    service.forget(number)
    service.encryption_key(number)
    return number
