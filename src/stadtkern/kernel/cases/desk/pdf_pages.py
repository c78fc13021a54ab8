"""Pages of our letters: a foot with the page's number of how many, and a font with more letters.

Loaded by what writes a PDF, not before.
"""

from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

PLAIN, BOLD = "FiraSans-Regular", "FiraSans-Bold"
FOLDER = Path(__file__).parent / "fonts"
BASE: Any = Canvas


@cache
def fonts() -> None:
    """Fira Sans, embedded: it has the letters of all names that are written with Latin ones."""
    for name in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, FOLDER / f"{name}.ttf"))


class Numbered(BASE):  # type: ignore[misc]  # the stubs know no base for it
    """Writes “Page 1 of 2” on each page, once it is known how many there are."""

    def __init__(self, *said: Any, foot: str = "", **more: Any) -> None:
        super().__init__(*said, **more)
        self.foot = foot
        self.kept: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802  its name in reportlab
        """Keep the page until the last one is known."""
        self.kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Write all pages with their numbers."""
        fonts()
        for number, page in enumerate(self.kept, start=1):
            self.__dict__.update(page)
            self.setFont(PLAIN, 8)
            self.drawString(62, 34, self.foot)
            words = _("Page %(number)d of %(all)d") % {"number": number, "all": len(self.kept)}
            self.drawRightString(A4[0] - 62, 34, words)
            super().showPage()
        super().save()
