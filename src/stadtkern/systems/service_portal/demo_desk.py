"""Invented cases at every stage of the desk, made by what the pages call, too."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any, Final

from django.utils import timezone

from stadtkern.kernel import clock
from stadtkern.kernel.cases import documents
from stadtkern.kernel.cases.desk import ask, breaks, decide, fee, messages, periods, texts, work
from stadtkern.kernel.cases.forms import definition as forms
from stadtkern.kernel.cases.forms import run
from stadtkern.kernel.cases.journey import begin, send
from stadtkern.kernel.cases.models import Case, DeskText, Document, FormTest, FormVersion
from stadtkern.kernel.cases.models.case import OPEN
from stadtkern.kernel.payments import charges
from stadtkern.kernel.people.models import Account, Department, Membership, Role

PARKING, CERTIFICATE = "bewohnerparkausweis", "meldebescheinigung"
TAXES, VEHICLE = "bescheinigung-in-steuersachen", "zulassung-fabrikneues-fahrzeug"
# The two people of the demo's office also work here, so that four eyes can be tried.
OFFICES: Final = ("strassenverkehr", "finanzen")
# Invented plates, and how many days ago each case was sent: so that there is something to measure.
PLATES: Final = {"HER-DE 101": 1, "HER-DE 102": 3, "HER-DE 103": 4, "HER-DE 104": 6,
                 "HER-DE 105": 9, "HER-DE 106": 3, "HER-DE 107": 0}  # fmt: skip


def load() -> None:
    """Where the demo's clerks and citizens are there; called once, by the demo of the portal."""
    clerk, head = (Account.objects.filter(username=name).first() for name in ("amt", "leitung"))
    citizen = Account.objects.filter(email__startswith="erika.", is_staff=False).first()
    if clerk is None or head is None or citizen is None:
        return
    _offices(clerk, head)
    _texts()
    _parking(citizen, clerk)
    _certificates(citizen, clerk)
    _checked(citizen, clerk)
    _fee(citizen, clerk)


def _offices(clerk: Account, head: Account) -> None:
    for slug in OFFICES:
        office = Department.objects.filter(slug=slug).first()
        for account, role in ((clerk, "service_portal.clerk"), (head, "service_portal.head")):
            held = Role.objects.filter(slug=role).first()
            if office and held:
                Membership.objects.get_or_create(account=account, department=office, role=held)


def _texts() -> None:
    office = Department.objects.filter(slug="buergerdienste").first()
    if office is None:
        return
    for kind, title, text in (
        ("message", "Eingang bestätigen",
         "Guten Tag {name},\n\nIhr Antrag „{service}“ ist bei uns. Wir melden uns.\n\n{office}"),
        ("request", "Meldebestätigung fehlt",
         "Guten Tag {name},\n\nbitte senden Sie uns die Meldebestätigung bis {due}.\n\n{office}"),
    ):  # fmt: skip
        DeskText.objects.get_or_create(department=office, kind=kind, title=title, language="de",
                                       defaults={"text": text})  # fmt: skip


def _parking(citizen: Account, clerk: Account) -> None:
    """One worked on, one asked, one answered, three decided (one with an appeal), one free."""
    cases = [one for plate, days in PLATES.items()
             if (one := _sent(PARKING, citizen, days, plate=plate,
                              begins=_today().isoformat()))]  # fmt: skip
    if len(cases) < len(PLATES):
        return
    working, asked, answered, granted, printed, rejected, _free = cases
    work.take(working, by=clerk)
    work.note(working, text="Zone geprüft: Die Anschrift liegt im Gebiet (erfunden).", by=clerk)
    for one in (asked, answered):
        work.take(one, by=clerk)
    due = periods.end_of(periods.after_work_days(_today(), 10))
    question = "Bitte schicken Sie uns noch ein lesbares Foto des Fahrzeugscheins."
    ask.ask(asked, text=question, wanted=["registration_paper"], by=clerk, due=due)
    open_one = ask.ask(answered, text=question, wanted=["registration_paper"], by=clerk, due=due)
    messages.write_to_desk(answered, text="Das Foto liegt bei, jetzt ist es scharf.",
                           documents=[_paper(answered, "fahrzeugschein-neu.pdf")],
                           request=open_one)  # fmt: skip
    _decided(granted, "granted", clerk)
    breaks.note(printed, "printed", by=clerk)
    _decided(printed, "granted", clerk)
    _decided(rejected, "rejected", clerk)
    messages.appeal(rejected, text="Ich wohne seit einem Jahr in dieser Straße (erfunden).")


def _certificates(citizen: Account, clerk: Account) -> None:
    """Three that were quick, one that is overdue, one that is due soon."""
    for days in (1, 1, 2):
        if one := _sent(CERTIFICATE, citizen, days):
            _decided(one, "granted", clerk)
    for offset in (-4, 1):
        if one := _sent(CERTIFICATE, citizen):
            day = _today() + timedelta(days=offset)
            Case.objects.filter(pk=one.pk).update(due=periods.end_of(periods.first_open(day)))


def _checked(citizen: Account, clerk: Account) -> None:
    """A prepared decision that waits for a second person, and one to prepare."""
    for prepared in (True, False):
        if one := _sent(VEHICLE, citizen):
            work.take(one, by=clerk)
            if prepared:
                decide.prepare(one, outcome="granted", text=_text(one, "granted"), by=clerk)


def _fee(citizen: Account, clerk: Account) -> None:
    """One for which the office set a fee."""
    if one := _sent(TAXES, citizen):
        work.take(one, by=clerk)
        fee.ask_fee(one, cents=1750, by=clerk,
                    reason="Für eine Ausfertigung (der Betrag ist erfunden).")  # fmt: skip


def _sent(slug: str, citizen: Account, days: int = 0, **changed: Any) -> Case | None:
    """A case with the answers of a test of its form, paid, and sent some days ago; else None."""
    version = FormVersion.objects.filter(form__slug=slug, state="published").first()
    answers = _answers(version, changed) if version else None
    if version is None or answers is None:
        return None
    with _earlier(days):
        return _send(version, citizen, answers)


def _send(version: FormVersion, citizen: Account, answers: dict[str, Any]) -> Case | None:
    case = begin.begin(version, account=citizen, language="de", level=4, invented=True)
    fields = forms.read(version.definition).fields()
    for name in answers:
        if name in fields and fields[name].kind == "file":
            answers[name] = [str(_paper(case, f"{name}.pdf").public_id)]
    case.answers = answers
    case.save(update_fields=["answers_sealed"])
    sent = send.send(case.pk, key=case.submit_key, actor=None)
    if sent.state == "payment" and sent.charge is not None:
        charges.pay_at_counter(sent.charge, "system:demo", "girocard")
    sent.refresh_from_db()
    return sent if sent.state in OPEN else None


def _answers(version: FormVersion, changed: dict[str, Any]) -> dict[str, Any] | None:
    """Answers that need nobody else, and could be sent today."""
    definition = forms.read(version.definition)
    for test in FormTest.objects.filter(form=version.form).order_by("pk"):
        answers = {**test.answers, **changed}
        alone = not (definition.co_sign and answers.get(definition.co_sign))
        if alone and not run.faults(definition, answers, language="de"):
            return answers
    return None


@contextmanager
def _earlier(days: float) -> Iterator[None]:
    """So many days ago: the demo city has a past, made by the same functions."""
    with clock.held(clock.now() - timedelta(days=days)):
        yield


def _decided(case: Case, outcome: str, clerk: Account) -> None:
    """Taken over half-way between sending and now, and decided today."""
    age = clock.age(case.submitted or clock.now())
    with _earlier(age / timedelta(days=2)):
        work.take(case, by=clerk)
    decide.provide(decide.prepare(case, outcome=outcome, text=_text(case, outcome), by=clerk))


def _text(case: Case, outcome: str) -> str:
    """The form's own text for this outcome."""
    definition = forms.read(case.version.definition)
    words = {line.field: line.text
             for part in run.summary(definition, case.answers, language=case.language)
             for line in part.lines}  # fmt: skip
    found = texts.for_case(case, definition, (outcome,), words)
    return found[0].text if found else "Guten Tag,\n\nwir haben über Ihren Antrag entschieden."


def _paper(case: Case, name: str) -> Document:
    """A page that says that it is invented."""
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415  only the demo draws it

    file = io.BytesIO()
    page = Canvas(file)
    page.drawString(72, 760, "Beispiel, erfunden für die Demo. Kein echtes Dokument.")
    page.save()
    return documents.add(case, name=name, content=file.getvalue(), origin="applicant",
                         kind="upload")  # fmt: skip


def _today() -> date:
    return timezone.localdate(clock.now())
