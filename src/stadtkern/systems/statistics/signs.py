"""The signs of German statistical tables, and what each of them says."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

# Zeichenerklärung of the statistical offices of Bund and Länder (DIN 55301).
ORDINARY: Final = ""
NOTHING, LESS, SECRET, MISSING = "-", "0", ".", "..."
SENSELESS, UNCERTAIN, LIMITED = "x", "/", "()"
PROVISIONAL, ESTIMATED, REVISED = "p", "s", "r"

MEANINGS: Final[Mapping[str, Text]] = {
    NOTHING: _("nothing (exactly zero)"),
    LESS: _("less than half of one in the last place shown, but more than nothing"),
    SECRET: _("kept secret, so that nobody can be recognised, or not known"),
    MISSING: _("not available yet"),
    SENSELESS: _("a number here would make no sense"),
    UNCERTAIN: _("no number, because it is not certain enough"),
    LIMITED: _("of limited certainty"),
    PROVISIONAL: _("provisional"),
    ESTIMATED: _("estimated"),
    REVISED: _("revised"),
}
# These stand in the place of a number; the others stand beside one.
INSTEAD: Final = (SECRET, MISSING, SENSELESS, UNCERTAIN)
BESIDE: Final = (ORDINARY, NOTHING, LESS, LIMITED, PROVISIONAL, ESTIMATED, REVISED)
