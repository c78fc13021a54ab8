"""From the prepared text to the served decision: two people, one letter, dates, permits."""

import io
from datetime import date, timedelta

import pikepdf
import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.desk.world import FORM
from stadtkern.kernel import registry
from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.cases import documents, permits
from stadtkern.kernel.cases.desk import decide, fee, messages, serving
from stadtkern.kernel.cases.models import Appeal, Case, Decision, Message, Permit
from stadtkern.kernel.cases.moves import NotPossible
from stadtkern.kernel.payments import charges
from stadtkern.kernel.post.models import Letter


def words(content):
    """The text of a PDF, taken out of its glyphs by the fonts' own tables (ToUnicode)."""
    file = pikepdf.open(io.BytesIO(content))
    return "\n".join(page_words(page) for page in file.pages)


def page_words(page):
    tables = {name: table(font) for name, font in page.Resources.Font.items()}
    said, font = [], {}
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            font = tables[str(operands[0])]
        elif str(operator) in ("Tj", "'"):
            said.append(spelt(bytes(operands[-1]), font))
        elif str(operator) in ("T*", "Td", "BT"):
            said.append("\n")
    return "".join(said)


def spelt(codes, font):
    return "".join(font.get(code, chr(code)) for code in codes)


def table(font):
    if "/ToUnicode" not in font:
        return {}
    found, inside = {}, False
    for line in font.ToUnicode.read_bytes().decode("ascii").splitlines():
        if line.endswith(("beginbfchar", "beginbfrange")):
            inside = line.split()[-1]
        elif line.startswith("end"):
            inside = False
        elif inside == "beginbfchar":
            code, to = (part.strip("<>") for part in line.split())
            found[int(code, 16)] = bytes.fromhex(to).decode("utf-16-be")
        elif inside == "beginbfrange":
            first, _last, rest = line.split(maxsplit=2)
            for number, to in enumerate(rest.strip("[]").split()):
                code = int(first.strip("<>"), 16) + number
                found[code] = bytes.fromhex(to.strip("<>")).decode("utf-16-be")
    return found


@pytest.fixture
def decided(world):
    case = world.case()
    made = decide.prepare(case, outcome="granted", text="Guten Tag,\n\nja.", by=world.anna)
    return decide.provide(made)


def test_a_decision_is_provided_served_told_and_for_good(world, now, decided):
    case = Case.objects.get(pk=decided.case_id)
    assert (case.state, case.outcome) == ("decided", "granted")
    assert decided.served_on == date(2026, 11, 13)
    # A month later is a Sunday.
    assert decided.appeal_until == date(2026, 12, 14)
    told = Message.objects.get(case=case, direction="out")
    assert list(told.documents.all()) == [decided.document]
    assert (decided.document.kind, decided.document.origin) == ("decision", "city")
    letter = Letter.objects.get(topic=f"case:{case.pk}")
    assert "statt" not in letter.text
    again = decide.provide(decided)
    assert again.provided == decided.provided
    assert case.documents.count() == 1
    with pytest.raises(NotPossible):
        decide.prepare(case, outcome="rejected", text="doch nicht", by=world.anna)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=decided.pk).update(outcome="rejected")


def test_the_letter_is_real_text_with_title_language_and_pages(world):
    case = world.case()
    long = "\n\n".join(f"Absatz {n}: wir haben Ihre Unterlagen geprüft." for n in range(1, 90))
    made = decide.provide(decide.prepare(case, outcome="partly", text=long, by=world.anna))
    content = documents.content(made.document)
    file = pikepdf.open(io.BytesIO(content))
    assert str(file.docinfo["/Title"]) == f"Bescheid {case.reference}"
    assert str(file.Root.Lang) == "de"
    text = words(content)
    for expected in (registry.city().city.name, "Amt für Parken", "Musterweg 1, 44623 Herne",
                     case.reference, "Bewohnerparkausweis", "teilweise bewilligt",
                     "Absatz 89: wir haben Ihre Unterlagen geprüft.", "Rechtsbehelf", "Im Auftrag", "anna",
                     "innerhalb eines Monats", f"Seite 1 von {len(file.pages)}"):  # fmt: skip
        assert expected in text.replace("\n", " ").replace("  ", " ") or expected in text, expected
    assert len(file.pages) > 2


def test_names_keep_their_letters(world):
    case = world.case(name="Ömer Yağcı-Şahin Łukasz")
    made = decide.provide(decide.prepare(case, outcome="rejected", text="Nein.", by=world.anna))
    assert "Ömer Yağcı-Şahin Łukasz" in words(documents.content(made.document))


def test_an_english_case_gets_an_english_letter(world):
    case = world.case(language="en")
    made = decide.provide(decide.prepare(case, outcome="granted", text="Yes.", by=world.anna))
    content = documents.content(made.document)
    assert str(pikepdf.open(io.BytesIO(content)).Root.Lang) == "en"
    text = words(content)
    assert "Resident parking permit" in text
    assert "You can sue within one month." in text


def test_four_eyes_are_of_two_people_also_in_the_database(world, now):
    case = world.case(world.form("streng", four_eyes=True))
    made = decide.prepare(case, outcome="granted", text="Ja.", by=world.anna)
    for second in (None, world.anna):
        with pytest.raises(NotPossible):
            decide.provide(made, second=second)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=made.pk).update(second=world.anna)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=made.pk).update(provided=now.at)
    assert Case.objects.get(pk=case.pk).state == "submitted"
    done = decide.provide(made, second=world.bert)
    assert (done.by, done.second) == (world.anna, world.bert)
    assert done.looks.get().verdict == "approved"


def test_what_was_sent_back_has_to_be_written_anew(world, now):
    case = world.case(world.form("streng", four_eyes=True))
    made = decide.prepare(case, outcome="granted", text="Ja.", by=world.anna)
    with pytest.raises(NotPossible):
        decide.send_back(made, reason="meins", by=world.anna)
    with pytest.raises(NotPossible):
        decide.send_back(made, reason=" ", by=world.bert)
    now.later(minutes=5)
    decide.send_back(made, reason="Die Zone fehlt.", by=world.bert)
    assert decide.returned(made).reason == "Die Zone fehlt."
    with pytest.raises(NotPossible):
        decide.provide(made, second=world.bert)
    now.later(minutes=5)
    anew = decide.prepare(case, outcome="granted", text="Ja, Zone 3.", by=world.anna)
    assert decide.returned(anew) is None
    assert decide.provide(anew, second=world.bert).provided


def test_a_granted_case_issues_its_permit_once(world, now, decided):
    permit = Permit.objects.get()
    assert (permit.kind, permit.subject, permit.data) == ("resident-parking", "HERAB123",
                                                          {"zone": "3"})  # fmt: skip
    assert permit.number.startswith("BPA-")
    assert permits.valid("resident-parking", "HERAB123", date(2026, 11, 9))
    assert permits.valid("resident-parking", "HERAB123", date(2027, 11, 8))
    assert not permits.valid("resident-parking", "HERAB123", date(2027, 11, 9))
    assert not permits.valid("resident-parking", "HERAB123", date(2026, 11, 8))
    assert permits.issue(decided.case) == [permit]
    permits.revoke(permit, reason="umgezogen", by=world.anna)
    assert not permits.valid("resident-parking", "HERAB123", date(2026, 11, 10))
    permits.revoke(permit, reason="noch einmal", by=world.anna)
    assert Permit.objects.get().reason == "umgezogen"
    assert Entry.objects.filter(verb="permit.revoke").count() == 1


def test_what_is_not_granted_issues_nothing(world):
    for outcome in ("rejected", "partly"):
        case = world.case()
        decide.provide(decide.prepare(case, outcome=outcome, text="So.", by=world.anna))
    assert not Permit.objects.exists()


def test_a_guest_is_served_on_the_day_after_opening(world, now):
    case = world.case(guest=True)
    made = decide.provide(decide.prepare(case, outcome="rejected", text="Nein.", by=world.anna))
    assert (made.served_on, made.appeal_until) == (None, None)
    now.later(days=9)
    opened = serving.opened(made)
    # Wednesday, 18 November: § 41 (2a) VwVfG counts the day after.
    assert (opened.served_on, opened.appeal_until) == (date(2026, 11, 19), date(2026, 12, 21))
    now.later(days=1)
    assert serving.opened(made).opened == opened.opened


def test_without_a_word_on_appeals_no_short_period_is_promised(world):
    texts = {name: said for name, said in FORM["texts"].items() if name != "appeal"}
    case = world.case(world.form("stumm", texts=texts))
    made = decide.provide(decide.prepare(case, outcome="rejected", text="Nein.", by=world.anna))
    assert made.served_on is not None
    assert made.appeal_until is None


def test_the_proof_says_when_it_was_provided_mailed_opened_and_served(world, now, decided):
    Letter.objects.update(state="sent", sent=now.at + timedelta(minutes=1))
    now.later(days=2)
    found = serving.proof(serving.opened(decided))
    assert (timezone.localdate(found.provided), found.served_on) == (
        date(2026, 11, 9), date(2026, 11, 13))  # fmt: skip
    assert found.mailed == found.provided + timedelta(minutes=1)
    assert found.opened == now.at


def test_an_appeal_is_a_task_and_leaves_the_decision_alone(world, now, decided):
    case = decided.case
    now.later(days=20)
    first = messages.appeal(case, text="Ich bin nicht einverstanden.")
    assert first.in_time is True
    now.later(days=40)
    late = messages.appeal(case, text="Noch einmal.")
    assert late.in_time is False
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("decided", "granted")
    messages.settle(first, result="Abgeholfen.", by=world.anna)
    assert Appeal.objects.filter(settled=None).get() == late
    with pytest.raises(NotPossible):
        messages.appeal(world.case(), text="zu früh")


def test_a_fee_set_by_the_desk_has_to_be_paid_before_a_case_is_granted(world):
    case = world.case(world.form("gebuehr", payment="deferred"))
    with pytest.raises(NotPossible):
        fee.ask_fee(world.case(), cents=100, reason="keine", by=world.anna)
    for cents, reason in ((0, "nichts"), (100, " ")):
        with pytest.raises(NotPossible):
            fee.ask_fee(case, cents=cents, reason=reason, by=world.anna)
    asked = fee.ask_fee(case, cents=1250, reason="Für die Prüfung von Emma.", by=world.anna)
    assert (asked.cents, asked.policy, asked.subject) == (1250, "deferred", str(case.public_id))
    assert "Emma" not in asked.description + asked.items.get().text
    with pytest.raises(NotPossible):
        fee.ask_fee(case, cents=1250, reason="zweimal", by=world.anna)
    made = decide.prepare(case, outcome="granted", text="Ja.", by=world.anna)
    with pytest.raises(NotPossible):
        decide.provide(made)
    charges.pay_at_counter(asked, world.anna, "cash")
    assert decide.provide(made).provided


def test_a_fee_taken_back_is_owed_no_more(world):
    case = world.case(world.form("gebuehr", payment="deferred"))
    asked = fee.ask_fee(case, cents=1250, reason="Prüfung.", by=world.anna)
    assert fee.take_back(case, by=world.anna)
    asked.refresh_from_db()
    assert asked.state == "cancelled"
    assert not fee.take_back(case, by=world.anna)
    assert fee.ask_fee(case, cents=900, reason="Weniger.", by=world.anna).cents == 900
