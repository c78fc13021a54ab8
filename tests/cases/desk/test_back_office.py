"""What a back office says is taken in once, whatever comes twice, late or in another order."""

import io

import pikepdf
import pytest

from stadtkern.kernel.cases import documents
from stadtkern.kernel.cases.desk import decide, from_back_office
from stadtkern.kernel.cases.handover.protocol import Attachment, Word
from stadtkern.kernel.cases.models import Case, Decision, Permit


def pdf(text="Bescheid"):
    file, made = pikepdf.new(), io.BytesIO()
    file.add_blank_page()
    file.docinfo["/Title"] = text
    file.save(made)
    return made.getvalue()


def letter(content=None):
    return Attachment(id="1", name="bescheid.pdf", mime="application/pdf",
                      content=pdf() if content is None else content)  # fmt: skip


@pytest.fixture
def hear(world):
    case = world.case()

    def one(code, key="1", **said):
        return from_back_office.hear(case, Word(code=code, key=key, **said))

    one.case = case
    return one


def now_of(case):
    return Case.objects.select_related("decision").get(pk=case.pk)


def test_every_word_is_taken_in_once(hear):
    assert hear("accepted")
    assert not hear("accepted")
    assert now_of(hear.case).state == "received"
    assert hear("status", "2", text="Wir prüfen für Emma.")
    assert not hear("status", "2", text="Wir prüfen für Emma.")
    assert now_of(hear.case).state == "in_progress"
    message = hear.case.messages.get()
    assert message.text == "Wir prüfen für Emma."
    assert "Emma" not in str(list(hear.case.events.values("code", "data", "key")))


def test_a_question_of_the_back_office_waits_for_the_applicant(hear):
    assert hear("request", text="Bitte den Nachweis.", data={"wanted": ["Nachweis"],
                                                            "due": "2026-12-01"})  # fmt: skip
    asked = hear.case.requests.get()
    assert (asked.text, asked.wanted, asked.by) == ("Bitte den Nachweis.", ["Nachweis"], None)
    assert now_of(hear.case).state == "query"
    assert str(asked.due)[:10] == "2026-12-01"
    hear("request", "2", text="Und noch etwas.", data={"due": "gestern"})
    assert hear.case.requests.last().due is None


def test_a_decision_comes_with_its_document_and_permit(hear):
    assert hear("decided", outcome="granted", documents=[letter()], remote_case="BO-7")
    case = now_of(hear.case)
    assert (case.state, case.outcome, case.decision.reference) == ("decided", "granted", "BO-7")
    assert case.decision.document.origin == "back_office"
    assert pikepdf.open(io.BytesIO(documents.content(case.decision.document)))
    assert Permit.objects.count() == 1
    assert not hear("decided", outcome="granted", documents=[letter()])
    assert case.documents.count() == 1


def test_a_decision_needs_no_second_person_here(world):
    case = world.case(world.form("streng", four_eyes=True))
    from_back_office.hear(case, Word(code="decided", key="1", outcome="rejected", text="Nein."))
    assert now_of(case).decision.second is None
    assert now_of(case).state == "decided"


def test_without_a_good_document_our_own_letter_tells_the_decision(hear):
    assert hear("decided", outcome="rejected", text="Leider nein.",
                documents=[letter(b"MZ not a document")])  # fmt: skip
    case = now_of(hear.case)
    assert case.decision.document.origin == "city"
    assert case.events.filter(code="back_office.document_refused").exists()


def test_an_outcome_that_we_do_not_know_decides_nothing(hear):
    hear("decided", outcome="maybe")
    assert now_of(hear.case).state == "submitted"
    assert hear.case.events.filter(code="back_office.unclear", visible=False).exists()
    assert not Decision.objects.exists()


def test_what_comes_after_the_end_changes_nothing(world):
    case = world.case()
    decide.provide(decide.prepare(case, outcome="rejected", text="Nein.", by=world.anna))
    word = Word(code="decided", key="9", outcome="granted", documents=[letter()])
    assert not from_back_office.hear(case, word)
    assert (now_of(case).outcome, now_of(case).documents.count()) == ("rejected", 1)
    assert case.events.filter(code="back_office.late", visible=False).exists()


def test_unknown_words_are_kept_and_do_nothing(hear):
    assert hear("forwarded")
    assert now_of(hear.case).state == "submitted"
