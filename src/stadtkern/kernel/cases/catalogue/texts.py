"""The text modules of a service, in the order in which people read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.cases.models import Service

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise as Text
else:
    Text = str

# Modules by their key in `Service.texts`; `documents` has one document a line.
MODULES: Final[dict[str, Text]] = {
    "what": _("What it is about"),
    "who": _("Who can have it"),
    "documents": _("What you need"),
    "fees": _("Costs"),
    "deadline": _("Deadline"),
    "duration": _("How long it takes"),
    "steps": _("How it goes"),
    "law": _("Legal basis"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A module as a page shows it: its lines, and whether they are in another language."""

    key: str
    title: Text
    lines: Sequence[str]
    foreign: bool


def told(service: Service, language: str) -> list[Told]:
    """The modules that are written, in this language where they are, else in German."""
    own, german = service.texts.get(language, {}), service.texts.get("de", {})
    rows = []
    for key, title in MODULES.items():
        text = own.get(key) or german.get(key, "")
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if lines:
            rows.append(Told(key=key, title=title, lines=lines, foreign=not own.get(key)))
    return rows
