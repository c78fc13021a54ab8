"""What a back office says of a case: received, news, a question, the decision; each word once."""

from datetime import datetime
from typing import Any, Final

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel import clock, sealing
from stadtkern.kernel.cases import documents
from stadtkern.kernel.cases.desk import ask, decide, messages, periods
from stadtkern.kernel.cases.handover.protocol import Word
from stadtkern.kernel.cases.models import OUTCOMES, Case, Decision, Document
from stadtkern.kernel.cases.models.case import OPEN
from stadtkern.kernel.cases.moves import locked, move, tell

log = structlog.get_logger("cases.desk")
SOURCE: Final = "back_office"


def hear(case: Case, word: Word) -> bool:
    """Take in a word; False where it was heard before, or this case has no use for it.

    Bears repetition by `word.key`. What comes after the decision is kept for the desk only.
    """
    with transaction.atomic():
        row = locked(case.pk)
        if not tell(row, f"back_office.{word.code}", source=SOURCE, visible=word.code == "status",
                    key=f"back_office:{word.key}"[:120]):  # fmt: skip
            return False
        if row.state not in OPEN:
            tell(row, "back_office.late", source=SOURCE, visible=False)
            return False
        HEARD.get(word.code, _ignored)(row, word)
    return True


def _accepted(case: Case, word: Word) -> None:
    """It arrived there."""
    if case.state == "submitted":
        move(case, "received", source=SOURCE)


def _status(case: Case, word: Word) -> None:
    """Somebody works on it; what they write goes into the mailbox, sealed."""
    if case.state in ("submitted", "received"):
        case = move(case, "in_progress", source=SOURCE)
    if word.text:
        with override(case.language):
            subject = _("News on your case")
        messages.write_to_applicant(case, subject=subject, text=word.text, author=None)


def _request(case: Case, word: Word) -> None:
    """Something is missing there."""
    wanted = [str(one)[:200] for one in word.data.get("wanted", ()) if one][:20]
    ask.ask(case, text=word.text, wanted=wanted, by=None, due=_due(word.data.get("due")))


def _due(said: Any) -> datetime | None:
    day = parse_date(str(said)[:10]) if said else None
    return periods.end_of(day) if day and day >= timezone.localdate(clock.now()) else None


def _decided(case: Case, word: Word) -> None:
    """The decision, with the document that came with it, or with a letter of ours around it."""
    if word.outcome not in OUTCOMES:
        # A word that we do not know must not decide anything: a person looks.
        tell(case, "back_office.unclear", source=SOURCE, visible=False)
        return
    row, _new = Decision.objects.update_or_create(
        case=case,
        defaults={"outcome": word.outcome, "text_sealed": sealing.seal(_reasons(case, word)),
                  "by": None, "second": None, "prepared": clock.now(),
                  "reference": word.remote_case[:80]},
    )  # fmt: skip
    files = [made for one in word.documents if (made := _kept(case, one))]
    decide.given(case, row, files or [decide.drawn_document(case, row)])


def _reasons(case: Case, word: Word) -> str:
    if word.text:
        return word.text
    with override(case.language):
        return _("The office has decided on your case.")


def _kept(case: Case, file: Any) -> Document | None:
    """A document of the back office, checked like all others; one that is refused is told of."""
    try:
        return documents.add(
            case, name=file.name, content=file.content, origin="back_office", kind="decision"
        )
    except documents.NotTaken as refused:
        log.warning("document refused", case=case.pk, why=str(refused))
        tell(case, "back_office.document_refused", source=SOURCE, visible=False)
        return None


def _ignored(case: Case, word: Word) -> None:
    """Refusals and unknown words: the handover itself says what is to be done."""


HEARD: Final = {
    "accepted": _accepted, "status": _status, "request": _request, "decided": _decided,
}  # fmt: skip
