"""Trying a connection: FIT-Connect is asked where applications would go, or a person notes it."""

from django.db import transaction
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.models import BackOffice
from stadtkern.kernel.jobs.tasks import perform
from stadtkern.kernel.people.models import Account
from stadtkern.systems.service_reuse.models import Candidate, Trial

CALL = "stadtkern.systems.service_reuse.looking_up.run"
Actor = Account | str


class NotPossible(Exception):
    """There is nothing to try it with."""


def offices() -> list[BackOffice]:
    """The connections by FIT-Connect that there are."""
    return list(BackOffice.objects.filter(adapter="fit_connect", enabled=True))


@transaction.atomic
def ask(candidate: Candidate, office: BackOffice, *, actor: Actor) -> Trial:
    """Have it tried soon, by a job. Raises NotPossible."""
    if not candidate.leika and not office.settings.get("destination"):
        raise NotPossible(_("Without a LeiKa key the Routing API cannot be asked. Try it by hand."))
    name = actor if isinstance(actor, str) else actor.username
    made = Trial.objects.create(candidate=candidate, kind="routing", back_office=office, by=name)
    record(actor, "service_reuse.trial", candidate, back_office=office.slug)
    perform.defer(call=CALL, number=made.pk)
    return made


@transaction.atomic
def note(candidate: Candidate, text: str, *, good: bool, actor: Actor) -> Trial:
    """What a person has tried elsewhere, and what came of it."""
    name = actor if isinstance(actor, str) else actor.username
    made = Trial.objects.create(candidate=candidate, text=text[:500], by=name, done=clock.now(),
                                state="good" if good else "bad")  # fmt: skip
    record(actor, "service_reuse.trial", candidate, good=good)
    return made
