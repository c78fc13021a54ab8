"""What a service still lacks, so that staff see it in the list and can filter by it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.cases.models import Service

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise as Text
else:
    Text = str

CHECK_EVERY: Final = timedelta(days=365)
TITLES: Final[Mapping[str, Text]] = {
    "leika": _("no official key"),
    "text": _("no description"),
    "english": _("no English"),
    "words": _("no everyday words"),
    "office": _("no office"),
    "unchecked": _("not checked for a year"),
    "gone": _("no longer told by its source"),
}


def condition(what: str) -> Q:
    """Services that lack this; KeyError where it is none of `TITLES`."""
    return {
        "leika": Q(leika=""),
        "text": ~Q(texts__de__has_key="what"),
        "english": Q(title_en="") | Q(summary_en=""),
        "words": Q(words=""),
        "office": Q(department=None),
        "unchecked": Q(checked=None) | Q(checked__lt=_since()),
        "gone": Q(gone__isnull=False),
    }[what]


def of(service: Service) -> list[str]:
    """What this one lacks, as keys of `TITLES`; no statement."""
    lacks = {
        "leika": not service.leika,
        "text": not service.texts.get("de", {}).get("what"),
        "english": not (service.title_en and service.summary_en),
        "words": not service.words,
        "office": service.department_id is None,
        "unchecked": service.checked is None or service.checked < _since(),
        "gone": service.gone is not None,
    }
    return [key for key, missing in lacks.items() if missing]


def _since() -> date:
    return timezone.localdate(clock.now()) - CHECK_EVERY
