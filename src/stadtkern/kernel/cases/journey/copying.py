"""The copy of what was sent: a PDF that the applicant keeps and the back office gets."""

import io
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils import formats, timezone
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel import registry
from stadtkern.kernel.cases import documents
from stadtkern.kernel.cases.desk import texts
from stadtkern.kernel.cases.forms import run
from stadtkern.kernel.cases.journey.hold import definition_of
from stadtkern.kernel.cases.models import Case, Document

KIND: Final = "copy"
MARGIN: Final = 62


def make(number: int) -> str:
    """The job: bears repetition; nothing to do where the case was erased meanwhile."""
    case = Case.objects.select_related("version__form", "department", "service").get(pk=number)
    if case.erased is not None or case.submitted is None:
        return "nothing to copy"
    return f"document {copy_of(case).pk}"


def copy_of(case: Case) -> Document:
    """The copy, made when it is asked for first; only of what was sent."""
    with transaction.atomic():
        Case.objects.select_for_update().only("pk").get(pk=case.pk)
        if known := case.documents.filter(kind=KIND).first():
            return known
        with override(case.language):
            name = _("Application %(number)s") % {"number": case.reference} + ".pdf"
            return documents.add(case, name=name, content=drawn(case), origin="city", kind=KIND)


def drawn(case: Case) -> bytes:
    """The file in the case's language, with real text, title and page numbers."""
    from reportlab.lib.pagesizes import A4  # noqa: PLC0415  only who prints needs it
    from reportlab.platypus import SimpleDocTemplate  # noqa: PLC0415

    from stadtkern.kernel.cases.desk.pdf_pages import Numbered  # noqa: PLC0415

    with override(case.language):
        file = io.BytesIO()
        title = _("Application %(number)s") % {"number": case.reference}
        document = SimpleDocTemplate(
            file, pagesize=A4, title=title, author=registry.city().city.name, lang=case.language,
            subject=texts.title_of(case), leftMargin=MARGIN, rightMargin=MARGIN,
            topMargin=MARGIN, bottomMargin=MARGIN,
        )  # fmt: skip
        document.build(
            _parts(case), canvasmaker=lambda *said, **more: Numbered(*said, foot=title, **more)
        )
    return file.getvalue()


def _parts(case: Case) -> list[Any]:
    from reportlab.platypus import Paragraph, Spacer  # noqa: PLC0415

    style = _styles()
    rows: list[Any] = [
        Paragraph(escape(registry.city().city.name), style["small"]),
        Paragraph(escape(case.department.title), style["small"]), Spacer(1, 20),
        Paragraph(escape(texts.title_of(case)), style["head"]),
        *(Paragraph(escape(line), style["small"]) for line in _head(case)), Spacer(1, 10),
    ]  # fmt: skip
    names = {str(one.public_id): one.name for one in case.documents.all()}
    definition = definition_of(case)
    told = run.summary(definition, case.answers, language=case.language, documents=names)
    for part in told:
        rows.append(Paragraph(escape(part.title), style["sub"]))
        rows += [
            Paragraph(f"{escape(one.title)}<br/><b>{_lines(one.text)}</b>", style["text"])
            for one in part.lines
        ]
    if words := definition.declaration.get(case.language) or definition.declaration.get("de"):
        rows += [Spacer(1, 8), Paragraph(escape(_("Declared when sending")), style["sub"]),
                 Paragraph(_lines(words), style["text"])]  # fmt: skip
    return rows


def _head(case: Case) -> list[str]:
    lines = [_("Reference: %(number)s") % {"number": case.reference},
             _("Sent: %(at)s") % {"at": _moment(case.submitted or case.created)}]  # fmt: skip
    if case.filed:
        lines.append(_("Made known: %(at)s") % {"at": _moment(case.filed)})
    if case.acting.get("name"):
        lines.append(_("Filled in by %(name)s on behalf of %(other)s")
                     % {"name": case.name, "other": case.acting["name"]})  # fmt: skip
    lines += [
        _("Also signed by %(name)s on %(day)s")
        % {"name": one.name, "day": _moment(one.answered)}
        for one in case.co_signs.filter(state="signed") if one.answered
    ]  # fmt: skip
    if case.invented:
        lines.append(_("Invented for the demo: nobody is meant."))
    return lines


def _moment(at: datetime) -> str:
    return formats.date_format(timezone.localtime(at), "DATETIME_FORMAT")


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br/>")


def _styles() -> dict[str, Any]:
    from reportlab.lib.styles import ParagraphStyle  # noqa: PLC0415
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415

    from stadtkern.kernel.cases.desk.pdf_pages import BOLD, PLAIN, fonts  # noqa: PLC0415

    fonts()
    # So that `<b>` inside of a paragraph finds the bold face.
    pdfmetrics.registerFontFamily(PLAIN, normal=PLAIN, bold=BOLD, italic=PLAIN, boldItalic=BOLD)
    text = ParagraphStyle("text", fontName=PLAIN, fontSize=10, leading=14, spaceAfter=6)
    return {
        "text": text,
        "small": ParagraphStyle("small", text, fontSize=9, leading=12.5, spaceAfter=1),
        "head": ParagraphStyle("head", text, fontName=BOLD, fontSize=15, leading=19),
        "sub": ParagraphStyle("sub", text, fontName=BOLD, fontSize=11.5, leading=16,
                              spaceBefore=8),
    }  # fmt: skip
