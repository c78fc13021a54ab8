"""A receipt as one A4 page or more, in the language of whoever asks."""

import io
from typing import TYPE_CHECKING, Any

from django.utils import formats, timezone
from django.utils.html import escape
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from stadtkern.kernel.payments.receipts.content import Receipt
from stadtkern.kernel.payments.words import euros
from stadtkern.kernel.ui.numbers import figure

if TYPE_CHECKING:
    from reportlab.platypus import Table


def drawn(receipt: Receipt) -> bytes:
    """The file; its title and language are in it, for readers that speak."""
    from reportlab.lib.pagesizes import A4  # noqa: PLC0415  only who prints needs it
    from reportlab.lib.styles import getSampleStyleSheet  # noqa: PLC0415
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer  # noqa: PLC0415

    styles, file = getSampleStyleSheet(), io.BytesIO()
    title = f"{_('Receipt')} {receipt.reference}"
    parts: list[Any] = [
        Paragraph(escape(receipt.city), styles["Normal"]), Spacer(1, 18),
        Paragraph(escape(title), styles["Title"]),
        *(Paragraph(escape(line), styles["Normal"]) for line in _head(receipt)),
        Spacer(1, 14), _table(receipt), Spacer(1, 14),
        *(Paragraph(escape(line), styles["Normal"]) for line in _foot(receipt)),
    ]  # fmt: skip
    document = SimpleDocTemplate(
        file, pagesize=A4, title=title, author=receipt.city, lang=get_language() or "de",
        leftMargin=62, rightMargin=62, topMargin=62, bottomMargin=62,
    )  # fmt: skip
    document.build(parts)
    return file.getvalue()


def _head(receipt: Receipt) -> list[str]:
    at = timezone.localtime(receipt.paid)
    day = formats.date_format(at, "SHORT_DATE_FORMAT")
    lines = [receipt.description, f"{_('Reference')}: {receipt.reference}",
             f"{_('Paid on')}: {day}, {at:%H:%M}", f"{_('Paid by')}: {receipt.method}"]  # fmt: skip
    if receipt.invented:
        lines.append(_("Invented for the demo: no money was paid."))
    return [line for line in lines if line]


def _table(receipt: Receipt) -> "Table":
    from reportlab.lib import colors  # noqa: PLC0415
    from reportlab.lib.styles import getSampleStyleSheet  # noqa: PLC0415
    from reportlab.platypus import Paragraph, Table, TableStyle  # noqa: PLC0415

    normal = getSampleStyleSheet()["Normal"]
    rows: list[list[Any]] = [[_("What for"), _("Quantity"), _("Amount")]]
    rows += [
        [Paragraph(escape(item.text), normal), figure(item.quantity), euros(item.cents)]
        for item in receipt.items
    ]
    rows.append([_("Sum"), "", euros(receipt.cents)])
    table = Table(rows, colWidths=[300, 70, 100], repeatRows=1)
    table.setStyle(
        TableStyle([
            ("ALIGN", (1, 0), (2, -1), "RIGHT"), ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("FONT", (0, 0), (-1, 0), "Helvetica-Bold"),
            ("FONT", (0, -1), (-1, -1), "Helvetica-Bold"),
            ("LINEBELOW", (0, 0), (-1, -2), 0.5, colors.grey),
        ])
    )  # fmt: skip
    return table


def _foot(receipt: Receipt) -> list[str]:
    lines = [
        _("of which value added tax, %(rate)s %% of %(gross)s: %(tax)s")
        % {"rate": figure(tax.percent, 1), "gross": euros(tax.gross), "tax": euros(tax.cents)}
        for tax in receipt.taxes
    ]
    if receipt.refunded:
        lines.append(_("Of this %(sum)s was paid back.") % {"sum": euros(receipt.refunded)})
    if receipt.contact:
        lines.append(f"{_('Questions')}: {receipt.contact}")
    return lines
