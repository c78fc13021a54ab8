"""What is wrong with reuse, for the page of problems."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.cases.models import OnlineService
from stadtkern.kernel.contract import Problem
from stadtkern.systems.service_reuse.models import Candidate, Decision


def problems() -> Iterator[Problem]:
    """Decisions whose day to be looked at again has passed; services in use that lead nowhere."""
    due = Decision.objects.filter(state="decided", review_on__lte=clock.now().date()).count()
    if due:
        text = _("Decisions on reuse that are to be looked at again: %(count)d")
        page = reverse("service_reuse-staff:decisions")
        yield Problem(text=text % {"count": due}, fix=f"{page}?due=1")
    live = OnlineService.objects.filter(pk=OuterRef("online"), state="live")
    for one in Candidate.objects.live().exclude(Exists(live)):
        text = _("“%(title)s” is in use in the register, but the catalogue leads elsewhere.")
        page = reverse("service_reuse-staff:candidate", args=[one.pk])
        yield Problem(text=text % {"title": one.title}, fix=page)
