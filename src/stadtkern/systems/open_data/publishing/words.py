"""States, origins, kinds of columns, and findings as people read them."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.catalogue.models import Dataset
from stadtkern.kernel.contract import ColumnKind, State

Text = str | Promise

STATES: Final[dict[str, tuple[State, Text]]] = {
    Dataset.DRAFT: ("info", _("draft")),
    Dataset.PUBLISHED: ("good", _("published")),
    Dataset.WITHDRAWN: ("none", _("withdrawn")),
}
ORIGINS: Final[dict[str, Text]] = {
    Dataset.UPLOADED: _("uploaded by staff"),
    Dataset.DECLARED: _("from a system of the city"),
    Dataset.HARVESTED: _("from another catalogue"),
}
KINDS: Final[dict[ColumnKind, Text]] = {
    "text": _("Text"),
    "integer": _("Whole number"),
    "number": _("Number with decimals"),
    "boolean": _("Yes or no"),
    "date": _("Day"),
    "datetime": _("Day and time"),
    "geometry": _("Position or shape"),
}
STEPS: Final[tuple[tuple[str, Text], ...]] = (
    ("file", _("File")),
    ("table", _("Table")),
    ("words", _("Description")),
    ("check", _("Check")),
)
