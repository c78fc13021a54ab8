"""What a clerk of a procedure sees: its cases, and what can be done with one."""

import io
from html import escape
from typing import Any

from simulators.back_office.receiver import LATER, Receiver
from simulators.back_office.store import PROCEDURES, CaseFile
from simulators.wire import Answer, Request, away, text

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color:#1c1c1c}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.4rem;"
    "border-bottom:1px solid #ccc;vertical-align:top}h1{font-size:1.5rem}fieldset{margin:1rem 0;"
    "border:1px solid #999}input,textarea,select,button{font:inherit;padding:.4rem;margin:.2rem 0;"
    "max-width:100%}.tag{background:#fff3cd;padding:.2rem .5rem}label{display:block}"
)
OUTCOMES = {"granted": "bewilligt", "partly": "teilweise bewilligt", "rejected": "abgelehnt"}


class Page:
    """German, as the demo is; no script."""

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver

    def answer(self, request: Request) -> Answer | None:
        """None: not a page."""
        parts = request.path.strip("/").split("/")
        match (request.method, parts):
            case ("GET", [""]):
                return self._list()
            case ("GET", ["case", number]) if number in self.receiver.store.cases:
                return self._one(self.receiver.store.cases[number])
            case ("POST", ["case", number]) if number in self.receiver.store.cases:
                return self._do(number, request.form)
        return None

    def _list(self) -> Answer:
        cases = sorted(self.receiver.store.cases.values(), key=lambda one: -one.at)[:200]
        rows = "".join(_row(one) for one in cases)
        return html("Fachverfahren", (
            "<p class=tag>Simulator: hier arbeitet keine Behörde.</p>"
            f"<p>{len(self.receiver.store.cases)} Vorgänge</p>"
            "<table><tr><th>Aktenzeichen der Stadt<th>Leistung<th>Verfahren<th>Weg<th>Stand</tr>"
            f"{rows}</table>"
        ))  # fmt: skip

    def _one(self, case: CaseFile) -> Answer:
        answers = case.data.get("answers", {})
        rows = "".join(f"<tr><th>{escape(str(k))}<td>{escape(str(v))}</tr>"
                       for k, v in answers.items())  # fmt: skip
        files = "".join(f"<li>{escape(one['name'])} ({one['size']} Byte, {escape(one['purpose'])})"
                        for one in case.files)  # fmt: skip
        paid = f"<p>Zahlung: {escape(str(case.payment))}</p>" if case.payment else ""
        past = "".join(f"<li>{escape(one)}" for one in case.history)
        later = "".join(_later(one) for one in case.later)
        later = f"<h2>Später gekommen</h2><ul>{later}</ul>" if later else ""
        form = FORM if case.reply_key else "<p>Antworten sind auf diesem Weg nicht möglich.</p>"
        return html(f"Vorgang {case.reference}", (
            f"<p><a href='/'>Alle Vorgänge</a></p><p>Stand: {escape(case.state)}</p>{paid}"
            f"<table>{rows}</table><h2>Dateien</h2><ul>{files}</ul>{later}"
            f"<h2>Verlauf</h2><ul>{past}</ul>"
            f"{form}"
        ))  # fmt: skip

    def _do(self, number: str, form: dict[str, str]) -> Answer:
        kind, words = form.get("do", ""), form.get("text", "")
        wanted = [one.strip() for one in form.get("wanted", "").split(",") if one.strip()]
        if kind == "decision":
            self.decide(number, form.get("outcome", "granted"), words)
        elif kind == "request":
            self.receiver.answer(number, kind, words, wanted=wanted, due=form.get("due", ""))
        else:
            self.receiver.answer(number, "status", words)
        return away(f"/case/{number}")

    def decide(self, number: str, outcome: str, words: str) -> None:
        case = self.receiver.store.cases[number]
        files = [("Bescheid.pdf", letter(case, outcome, words))]
        self.receiver.answer(number, "decision", words, outcome=outcome, files=files)


def _row(one: CaseFile) -> str:
    told = (one.title, PROCEDURES.get(one.procedure, one.procedure), one.way, one.state)
    link = f"<a href='/case/{escape(one.id)}'>{escape(one.reference)}</a>"
    return f"<tr><td>{link}</td>" + "".join(f"<td>{escape(text)}</td>" for text in told) + "</tr>"


def _later(one: dict[str, Any]) -> str:
    files = f" ({escape(', '.join(one['files']))})" if one["files"] else ""
    return f"<li>{escape(LATER[one['type']])}: {escape(one['text'])}{files}"


FORM = """<h2>Antworten</h2>
<form method=post><fieldset><legend>Sachstand</legend><label>Text<br>
<textarea name=text cols=60 rows=2>Ihr Antrag wird geprüft.</textarea></label>
<button name=do value=status>Senden</button></fieldset></form>
<form method=post><fieldset><legend>Unterlagen anfordern</legend><label>Text<br>
<textarea name=text cols=60 rows=2>Bitte reichen Sie die Unterlagen nach.</textarea></label>
<label>Was fehlt (mit Komma)<br><input name=wanted value="Nachweis"></label>
<label>Bis zum<br><input type=date name=due></label>
<button name=do value=request>Anfordern</button></fieldset></form>
<form method=post><fieldset><legend>Entscheiden</legend><label>Ergebnis<br><select name=outcome>
<option value=granted>bewilligt<option value=partly>teilweise bewilligt<option value=rejected>
abgelehnt</select></label><label>Begründung<br>
<textarea name=text cols=60 rows=3>Dem Antrag wird entsprochen.</textarea></label>
<button name=do value=decision>Bescheid senden</button></fieldset></form>"""


def html(title: str, body: str) -> Answer:
    return text(
        f"<!doctype html><html lang=de><meta charset=utf-8><title>{escape(title)}</title>"
        f"<meta name=viewport content='width=device-width'><style>{STYLE}</style>"
        f"<main><h1>{escape(title)}</h1>{body}</main>"
    )


def letter(case: CaseFile, outcome: str, words: str) -> bytes:
    """A small PDF with real text."""
    from reportlab.lib.pagesizes import A4  # noqa: PLC0415
    from reportlab.pdfgen import canvas  # noqa: PLC0415

    file = io.BytesIO()
    sheet: Any = canvas.Canvas(file, pagesize=A4, lang="de")
    sheet.setTitle(f"Bescheid {case.reference}")
    head = ["Bescheid (aus dem Simulator, ohne rechtliche Wirkung)", "", case.title]
    lines = [*head, f"Aktenzeichen: {case.reference}", f"Ergebnis: {OUTCOMES[outcome]}", "", words]
    for number, line in enumerate(lines):
        sheet.drawString(70, 760 - 18 * number, line[:90])
    sheet.save()
    return file.getvalue()
