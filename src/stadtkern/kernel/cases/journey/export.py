"""Everything that is known of a case, for the person it is about (GDPR, articles 15 and 20)."""

import io
import json
import zipfile
from typing import Any

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases import documents
from stadtkern.kernel.cases.forms import run
from stadtkern.kernel.cases.journey.hold import definition_of
from stadtkern.kernel.cases.models import Case
from stadtkern.kernel.people.models import Account


def of_account(account: Account) -> dict[str, Any]:
    """The part of the account's own export: its cases without their files."""
    rows = Case.objects.of(account).select_related("version__form", "service", "department")
    return {"cases": [told(one) for one in rows.order_by("pk")]}


def packed(case: Case, actor: Any) -> bytes:
    """A zip of `case.json` and the files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as pack:
        text = json.dumps(told(case), ensure_ascii=False, indent=2, default=str)
        pack.writestr("case.json", text)
        for number, one in enumerate(_files(case), start=1):
            pack.writestr(f"files/{number:02}-{one.name}", documents.content(one))
    record(actor, "case.own_export", case)
    return file.getvalue()


def _files(case: Case) -> list[Any]:
    rows = case.documents.filter(scan="clean").exclude(content_sealed=None)
    return [one for one in rows if one.kind != "decision" or _is_provided(case)]


def _is_provided(case: Case) -> bool:
    decision = getattr(case, "decision", None)
    return decision is not None and decision.provided is not None


def told(case: Case) -> dict[str, Any]:
    """All that is kept, in plain values; also the notes that staff wrote."""
    decision = getattr(case, "decision", None)
    return {
        "reference": case.reference, "state": case.state, "outcome": case.outcome,
        "form": case.version.form.slug, "version": case.version.number,
        "service": case.service.slug if case.service else None,
        "department": case.department.title, "channel": case.channel, "language": case.language,
        "level_of_trust": case.level, "acting_for": case.acting or None,
        "applicant": {"name": case.name, "email": case.email, "phone": case.phone},
        "filled_in_by_a_helper": case.helped, "taken_over_from": case.prefilled,
        "created": case.created, "filed": case.filed, "submitted": case.submitted,
        "decided": case.decided, "erased_on": case.erase_on, "answers": case.answers,
        "answers_in_words": _in_words(case),
        "co_signatures": list(case.co_signs.values("name", "state", "asked", "answered")),
        "timeline": list(case.events.filter(visible=True).values("at", "code", "source", "data")),
        "messages": [{"at": m.at, "direction": m.direction, "subject": m.subject, "text": m.text}
                     for m in case.messages.all()],
        "requests": [{"asked": r.asked, "due": r.due, "state": r.state, "text": r.text}
                     for r in case.requests.all()],
        "notes_of_staff": [{"at": n.at, "text": n.text} for n in case.notes.all()],
        "documents": list(case.documents.values("name", "mime", "size", "sha512", "origin",
                                                "created")),
        "decision": {"outcome": decision.outcome, "text": decision.text,
                     "provided": decision.provided, "opened": decision.opened,
                     "served_on": decision.served_on, "appeal_until": decision.appeal_until}
                    if _is_provided(case) and decision else None,
    }  # fmt: skip


def _in_words(case: Case) -> list[dict[str, Any]]:
    parts = run.summary(definition_of(case), case.answers, language=case.language)
    return [
        {"step": part.title, "answers": {one.title: one.text for one in part.lines}}
        for part in parts
    ]
