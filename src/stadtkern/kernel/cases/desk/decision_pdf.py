"""The decision on paper size: letterhead, text, how to appeal, page numbers."""

import io
from typing import Any

from django.utils import formats, timezone
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel import clock, registry
from stadtkern.kernel.cases.desk import texts
from stadtkern.kernel.cases.forms import definition as forms
from stadtkern.kernel.cases.models import OUTCOMES, Case, Decision

MARGIN = 62
MUTED = 0x4A5661


def drawn(case: Case, decision: Decision, *, preview: bool = False) -> bytes:
    """The file in the language of the case; title and language are in it, and its text is text."""
    with override(case.language):
        return _built(case, decision, preview=preview)


def _built(case: Case, decision: Decision, *, preview: bool) -> bytes:
    from reportlab.lib.pagesizes import A4  # noqa: PLC0415  only who prints needs it
    from reportlab.platypus import SimpleDocTemplate  # noqa: PLC0415

    from stadtkern.kernel.cases.desk.pdf_pages import Numbered  # noqa: PLC0415

    file = io.BytesIO()
    title = " ".join([_("Notice of decision"), case.reference])
    document = SimpleDocTemplate(
        file, pagesize=A4, title=title, author=registry.city().city.name, lang=case.language,
        subject=texts.title_of(case), leftMargin=MARGIN, rightMargin=MARGIN,
        topMargin=MARGIN, bottomMargin=MARGIN,
    )  # fmt: skip
    document.build(
        _parts(case, decision, preview=preview),
        canvasmaker=lambda *said, **more: Numbered(*said, foot=title, **more),
    )
    return file.getvalue()


def _parts(case: Case, decision: Decision, *, preview: bool) -> list[Any]:
    from reportlab.platypus import Paragraph, Spacer  # noqa: PLC0415

    style = _styles()
    rows: list[Any] = [
        *(Paragraph(escape(line), style["small"]) for line in letterhead(case)), Spacer(1, 26),
        *(Paragraph(escape(line), style["text"]) for line in _addressee(case)), Spacer(1, 20),
        *(Paragraph(escape(line), style["small"]) for line in _facts(case, decision)),
        Spacer(1, 16), Paragraph(escape(texts.title_of(case)), style["head"]),
        Paragraph(escape(_line(_("Notice of decision"), OUTCOMES[decision.outcome])), style["sub"]),
    ]  # fmt: skip
    if preview:
        rows.append(Paragraph(escape(_("Draft: not given out.")), style["small"]))
    rows += _paragraphs(decision.text, style["text"])
    if words := texts.appeal_words(case, forms.read(case.version.definition)):
        rows += [Spacer(1, 10), Paragraph(escape(_("How to appeal")), style["sub"])]
        rows += _paragraphs(words, style["text"])
    rows.append(Spacer(1, 14))
    rows += [Paragraph(escape(line), style["text"]) for line in _signed(case, decision)]
    if case.invented:
        rows.append(Paragraph(escape(_("Invented for the demo: nobody is meant.")), style["small"]))
    return rows


def _styles() -> dict[str, Any]:
    from reportlab.lib.colors import HexColor  # noqa: PLC0415
    from reportlab.lib.styles import ParagraphStyle  # noqa: PLC0415

    from stadtkern.kernel.cases.desk.pdf_pages import BOLD, PLAIN, fonts  # noqa: PLC0415

    fonts()
    text = ParagraphStyle("text", fontName=PLAIN, fontSize=10.5, leading=15, spaceAfter=7)
    return {
        "text": text,
        "small": ParagraphStyle("small", text, fontSize=9, leading=12.5, textColor=HexColor(MUTED),
                                spaceAfter=1),
        "head": ParagraphStyle("head", text, fontName=BOLD, fontSize=15, leading=19),
        "sub": ParagraphStyle("sub", text, fontName=BOLD, fontSize=11.5, leading=16),
    }  # fmt: skip


def letterhead(case: Case) -> list[str]:
    """Who writes: the city, the office, where it is."""
    office = case.department
    lines = [registry.city().city.name, office.title, office.address,
             ", ".join(one for one in (office.phone, office.email) if one)]  # fmt: skip
    return [line for line in lines if line]


def _addressee(case: Case) -> list[str]:
    """Whoever applies, and for whom, where somebody acts for them."""
    other = str(case.acting.get("name", "")) if case.acting else ""
    lines = [case.name]
    if other:
        lines.append(_("for %(name)s") % {"name": other})
    return [line for line in lines if line] or ["–"]


def _facts(case: Case, decision: Decision) -> list[str]:
    day = timezone.localdate(decision.provided or clock.now())
    lines = [_line(_("Case reference"), case.reference),
             _line(_("Date of the letter"), formats.date_format(day, "DATE_FORMAT"))]  # fmt: skip
    if case.submitted:
        sent = formats.date_format(timezone.localdate(case.submitted), "DATE_FORMAT")
        lines.append(_line(_("Your application of"), sent))
    if decision.reference:
        lines.append(_line(_("File number"), decision.reference))
    return lines


def _paragraphs(text: str, style: Any) -> list[Any]:
    from reportlab.platypus import Paragraph  # noqa: PLC0415

    blocks = [block.strip() for block in text.replace("\r\n", "\n").split("\n\n")]
    return [Paragraph(escape(one).replace("\n", "<br/>"), style) for one in blocks if one]


def _signed(case: Case, decision: Decision) -> list[str]:
    """Who decided: § 37 (3) VwVfG asks for the office and the name of whoever acts for it."""
    if decision.by is None:
        return [case.department.title]
    return [_("On behalf of the office"), decision.by.get_full_name() or decision.by.username,
            case.department.title]  # fmt: skip


def _line(head: str, text: object) -> str:
    return f"{head}: {text}"
