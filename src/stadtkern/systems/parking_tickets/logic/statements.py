"""An operator's month on paper."""

import io
from typing import Any

from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from stadtkern.kernel import registry
from stadtkern.kernel.payments.words import euros
from stadtkern.kernel.ui.numbers import figure
from stadtkern.systems.parking_tickets.logic import calendar
from stadtkern.systems.parking_tickets.models import Settlement


def drawn(row: Settlement) -> bytes:
    """The statement as PDF; title and language are in it, for readers that speak."""
    from reportlab.lib.pagesizes import A4  # noqa: PLC0415  only who prints needs it
    from reportlab.lib.styles import getSampleStyleSheet  # noqa: PLC0415
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer  # noqa: PLC0415

    styles, file = getSampleStyleSheet(), io.BytesIO()
    city, title = registry.city().city.name, f"{_('Statement')} {row.number}"
    parts: list[Any] = [
        Paragraph(escape(city), styles["Normal"]), Spacer(1, 18),
        Paragraph(escape(title), styles["Title"]),
        *(Paragraph(escape(line), styles["Normal"]) for line in _head(row)),
        Spacer(1, 14), _table(row), Spacer(1, 14),
        *(Paragraph(escape(line), styles["Normal"]) for line in _foot(row)),
    ]  # fmt: skip
    document = SimpleDocTemplate(
        file, pagesize=A4, title=title, author=city, lang=get_language() or "de",
        leftMargin=62, rightMargin=62, topMargin=62, bottomMargin=62,
    )  # fmt: skip
    document.build(parts)
    return file.getvalue()


def heads(row: Settlement) -> list[str]:
    """The columns of the statement; tax only where a zone has it."""
    found = [_("Zone"), _("Rights"), _("Charged"), _("Given back"), _("To pay")]
    return [*found, *([_("Tax in it")] if _tax(row) else [])]


def _tax(row: Settlement) -> int:
    return sum(one.get("tax", 0) for one in row.statement["zones"])


def lines(row: Settlement) -> list[list[Any]]:
    """Its lines in cents, with the sum as the last one."""
    found = [[one["zone"], one["rights"], one["charged"], one["returned"], one["cents"],
              one.get("tax", 0)] for one in row.statement["zones"]]  # fmt: skip
    sum_ = [_("Sum"), row.sessions, row.charged_cents, row.returned_cents, row.cents, _tax(row)]
    width = len(heads(row))
    return [line[:width] for line in [*found, sum_]]


def _head(row: Settlement) -> list[str]:
    closed = f"{calendar.local(row.closed):%d.%m.%Y}"
    return [
        row.operator.name, _("Month: %s") % f"{row.month:%m/%Y}", _("Closed on %s") % closed,
        *([_("Invented for the demo: no money is owed.")] if row.operator.invented else []),
    ]  # fmt: skip


def _foot(row: Settlement) -> list[str]:
    told = _("What is changed after the month was closed stands on the next statement.")
    free = _("The amounts contain no value added tax.")
    return [told, _("Surcharges of the app are not part of it: they are the provider's own."),
            *([] if _tax(row) else [free])]  # fmt: skip


def _table(row: Settlement) -> Any:
    from reportlab.lib import colors  # noqa: PLC0415
    from reportlab.platypus import Table, TableStyle  # noqa: PLC0415

    cells = [[one[0], figure(one[1]), *(euros(c) for c in one[2:])] for one in lines(row)]
    names = heads(row)
    width = (470 - 130) / (len(names) - 2)
    table = Table([names, *cells], colWidths=[75, 55, *[width] * (len(names) - 2)], repeatRows=1)
    table.setStyle(
        TableStyle([
            ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
            ("FONT", (0, 0), (-1, 0), "Helvetica-Bold"),
            ("FONT", (0, -1), (-1, -1), "Helvetica-Bold"),
            ("LINEBELOW", (0, 0), (-1, -2), 0.5, colors.grey),
        ])
    )  # fmt: skip
    return table
