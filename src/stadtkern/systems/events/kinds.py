"""The interests that events are sorted by, and the states that they go through."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import State

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise as Text
else:
    Text = str

CATEGORIES: Final[Mapping[str, Text]] = {
    "music": _("Music"),
    "stage": _("Stage and film"),
    "market": _("Markets and festivals"),
    "family": _("Children and family"),
    "learning": _("Courses and talks"),
    "sport": _("Sport"),
    "neighbours": _("Neighbourhood"),
    "politics": _("Politics and having a say"),
    "other": _("Other"),
}
STATES: Final[Mapping[str, tuple[State, Text]]] = {
    "draft": ("none", _("draft")),
    "unconfirmed": ("none", _("address not confirmed")),
    "submitted": ("tight", _("to be checked")),
    "public": ("good", _("public")),
    "refused": ("bad", _("refused")),
    "withdrawn": ("none", _("withdrawn")),
}
# What other calendars call these interests, folded.
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "music": ("musik", "konzert", "music", "concert", "chor"),
    "stage": ("theater", "theatre", "kino", "film", "kabarett", "buhne", "kunst"),
    "market": ("markt", "market", "fest", "kirmes", "messe"),
    "family": ("kind", "famil", "child", "jugend"),
    "learning": ("kurs", "vortrag", "workshop", "course", "lesung", "bildung", "fuhrung"),
    "sport": ("sport", "lauf", "run", "turnier"),
    "neighbours": ("nachbar", "quartier", "stadtteil", "treff", "verein"),
    "politics": ("rat", "politik", "burger", "ausschuss", "council"),
}
