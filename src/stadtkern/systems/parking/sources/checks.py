"""Sources that do not answer, and questions that wait for staff."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stadtkern.kernel import clock
from stadtkern.kernel.contract import Problem
from stadtkern.systems.parking.models import Offer, Source

SILENT: Final = timedelta(minutes=30)


def problems() -> list[Problem]:
    """In the order of the staff page."""
    return [*_broken(), *_waiting()]


def _broken() -> Iterator[Problem]:
    rows = Source.objects.filter(paused=False, removed=None, failed_since__lt=clock.now() - SILENT)
    for one in rows:
        said = _("The source %(name)s has given nothing since %(since)s: %(why)s")
        here = timezone.localtime(one.failed_since) if one.failed_since else None
        since = formats.date_format(here, "SHORT_DATETIME_FORMAT") if here else ""
        yield Problem(
            text=said % {"name": one.name, "since": since, "why": one.failure}, fix=page_of(one)
        )


def _waiting() -> Iterator[Problem]:
    count = Offer.objects.filter(state="asked", source__removed=None).count()
    if count:
        said = ngettext(
            "%(count)d car park of another operator may be one of ours: decide.",
            "%(count)d car parks of other operators may be some of ours: decide.", count,
        )  # fmt: skip
        yield Problem(text=said % {"count": count}, fix=reverse("parking-staff:sources"))


def page_of(source: Source) -> str:
    """The staff page of a source."""
    return reverse("parking-staff:source", args=[source.public_id])
