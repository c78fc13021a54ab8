"""A fine as a PDF: what the city knew at its instant, and what it knows now."""

import io
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from stadtkern.kernel import clock, registry
from stadtkern.systems.parking_tickets import plates
from stadtkern.systems.parking_tickets.logic import replay
from stadtkern.systems.parking_tickets.logic.replay import Told
from stadtkern.systems.parking_tickets.models import CHANGES, RESULTS, STATES, Fine

if TYPE_CHECKING:
    from reportlab.platypus import Table


def drawn(fine: Fine) -> bytes:
    """The file, in the reader's language."""
    from reportlab.lib.pagesizes import A4  # noqa: PLC0415  only who prints needs it
    from reportlab.platypus import SimpleDocTemplate  # noqa: PLC0415

    file, title = io.BytesIO(), f"{_('Fine')} {fine.number}"
    document = SimpleDocTemplate(
        file, pagesize=A4, title=title, author=registry.city().city.name,
        lang=get_language() or "de", leftMargin=56, rightMargin=56, topMargin=56, bottomMargin=56,
    )  # fmt: skip
    document.build(list(_parts(fine, title)))
    return file.getvalue()


def _parts(fine: Fine, title: str) -> Iterable[Any]:
    from reportlab.lib.styles import getSampleStyleSheet  # noqa: PLC0415
    from reportlab.platypus import Paragraph, Spacer  # noqa: PLC0415

    styles, found = getSampleStyleSheet(), replay.read(fine.evidence)
    yield Paragraph(escape(registry.city().city.name), styles["Normal"])
    yield Paragraph(escape(title), styles["Title"])
    for line in _head(fine):
        yield Paragraph(escape(line), styles["Normal"])
    for heading, rows in (
        (_("What the city knew at that instant"), found.then),
        (_("What the city knows now"), found.now),
    ):
        yield Spacer(1, 14)
        yield Paragraph(escape(heading), styles["Heading2"])
        yield _table(rows) if rows else Paragraph(escape(_("No ticket.")), styles["Normal"])
    yield Spacer(1, 14)
    for line in _rest(found):
        yield Paragraph(escape(line), styles["Normal"])


def _head(fine: Fine) -> Iterable[str]:
    yield f"{_('Number plate')}: {plates.shown(fine.plate_sealed)}"
    yield f"{_('When')}: {when(fine.at)}"
    if fine.zone:
        yield f"{_('Zone')}: {fine.zone.number}"
    if fine.where:
        yield f"{_('Street')}: {fine.where}"
    yield f"{_('Reason')}: {fine.get_reason_display()}"
    yield f"{_('State')}: {fine.get_state_display()}"
    if fine.reference:
        yield f"{_('Reference of the fines office')}: {fine.reference}"
    if fine.invented:
        yield _("Invented for the demo.")
    yield _("Printed: %s") % when(clock.now())


def _table(rows: Iterable[Told]) -> "Table":
    from reportlab.lib import colors  # noqa: PLC0415
    from reportlab.lib.styles import getSampleStyleSheet  # noqa: PLC0415
    from reportlab.platypus import Paragraph, Table, TableStyle  # noqa: PLC0415

    small = getSampleStyleSheet()["BodyText"]
    head = [_("Ticket"), _("Zone"), _("Time"), _("State"), _("Changes, when we learned them")]
    lines = [[Paragraph(escape(cell), small) for cell in _cells(one)] for one in rows]
    table = Table([head, *lines], colWidths=[110, 45, 110, 75, 140], repeatRows=1)
    table.setStyle(TableStyle([
        ("VALIGN", (0, 0), (-1, -1), "TOP"), ("FONT", (0, 0), (-1, 0), "Helvetica-Bold"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, colors.grey),
    ]))  # fmt: skip
    return table


def _cells(one: Told) -> tuple[str, ...]:
    seller = one.seller or one.source
    steps = "; ".join(f"{when(s.learned)} {CHANGES[s.kind]}" for s in one.steps)
    until = when(one.until) if one.until else _("open end")
    return (f"{seller}, {one.ref}", one.zone, f"{when(one.begins)} – {until}",
            str(STATES[one.state]), steps)  # fmt: skip


def _rest(found: replay.Picture) -> Iterable[str]:
    for one in found.permits:
        yield f"{_('Permit')}: {one['sort']}, {one['where']}, {when(one['ends'])}"
    for one in found.checks:
        later = f" ({_('sent later')})" if one["offline"] else ""
        yield f"{_('Check')}: {when(one['at'])}{later}: {RESULTS[one['result']]}"
    if found.made:
        yield _("This picture was kept on %s; it does not change with later deletions.") % when(
            found.made
        )


def when(at: datetime | None) -> str:
    """An instant by the city's clocks, to the second."""
    return f"{timezone.localtime(at):%d.%m.%Y %H:%M:%S}" if at else "–"
