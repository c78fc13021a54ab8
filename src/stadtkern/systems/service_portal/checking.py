"""What is wrong with the service portal, for the page of problems."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stadtkern.kernel.cases.documents import scan
from stadtkern.kernel.cases.handover.queue import GAVE_UP
from stadtkern.kernel.cases.models import BackOffice, Handover
from stadtkern.kernel.contract import Problem


def problems() -> Iterator[Problem]:
    """Cases that were given up, and connections that did not work when they were tested."""
    count = Handover.objects.filter(state__in=GAVE_UP, closed=None).count()
    if count:
        yield Problem(
            text=ngettext("%(count)d case could not be handed over.",
                          "%(count)d cases could not be handed over.", count) % {"count": count},
            fix=reverse("service_portal-staff:letters"),
        )  # fmt: skip
    for office in BackOffice.objects.filter(enabled=True).exclude(problem=""):
        yield Problem(
            text=_("The connection to %(title)s does not work.") % {"title": office.title},
            fix=reverse("service_portal-staff:back-office", args=[office.slug]),
        )


def scanner() -> Iterator[Problem]:
    """Files that people add are not scanned as long as nothing is named that does it."""
    if scan.scanner() is None:
        yield Problem(
            text=_("Files that people add are not scanned for malware. Name a scanner in the city"
                   " file: [cases] scanner."),
        )  # fmt: skip
