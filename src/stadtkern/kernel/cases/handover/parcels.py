"""What of a case goes into the procedure: answers, files, payment; nothing that was hidden."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid5

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from stadtkern.kernel.cases import documents
from stadtkern.kernel.cases.forms import run
from stadtkern.kernel.cases.forms.definition import Definition
from stadtkern.kernel.cases.handover import payment
from stadtkern.kernel.cases.handover.protocol import Attachment, NotHandedOver, Parcel
from stadtkern.kernel.cases.journey import copying
from stadtkern.kernel.cases.journey.hold import definition_of
from stadtkern.kernel.cases.models import Appeal, Case, Document, Handover


def parcel(handover: Handover) -> Parcel:
    """Everything the back office gets. Raises NotHandedOver: a file is not checked yet."""
    case = handover.case
    definition = definition_of(case)
    bare = Parcel(
        key=str(uuid5(case.public_id, f"handover {handover.pk}")),
        reference=case.reference,
        service=case.service.slug if case.service else "",
        form=case.version.form.slug,
        version=case.version.number,
        leika=case.service.leika if case.service else "",
        title=case.service.title if case.service else case.version.form.title,
        schema=case.version.schema_uri,
        submitted=_instant(case.submitted or case.created),
        applied=localdate(case.filed or case.submitted or case.created).isoformat(),
        language=case.language,
        level=case.level,
        answers={},
        definition=case.version.definition,
        applicant={"name": case.name, "email": case.email, "phone": case.phone},
    )
    if handover.follows is not None:
        return _later(bare, handover, handover.follows)
    return replace(
        bare,
        answers=run.kept(definition, case.answers),
        fim=_fim(definition),
        acting=case.acting,
        payment=payment.of(case.charge) if case.charge else None,
        attachments=tuple(_attachment(one) for one in _checked(_files(case))),
    )


def _later(bare: Parcel, handover: Handover, first: Handover) -> Parcel:
    """What is told after the application: of what kind, in words, with files; no answers again."""
    said, case = handover.message, handover.case
    files = list(said.documents.order_by("pk")) if said else []
    at = said.at if said else case.ended or handover.created
    return replace(
        bare, kind=_kind(handover), at=_instant(at), text=said.text if said else "",
        about=first.remote, about_case=first.remote_case,
        attachments=tuple(_attachment(one) for one in _checked(files)),
    )  # fmt: skip


def _kind(handover: Handover) -> str:
    said = handover.message
    if handover.kind == "withdrawal" or said is None:
        return "withdrawal"
    if said.request_id is not None:
        return "answer"
    return "appeal" if Appeal.objects.filter(message=said).exists() else "message"


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _fim(definition: Definition) -> Mapping[str, str]:
    return {name: field.fim for name, field in definition.fields().items() if field.fim}


def _files(case: Case) -> list[Document]:
    """The copy of the form, made by now, and what was sent with it.

    What came with a message goes with that message: what was announced once stays the same.
    """
    copying.copy_of(case)
    rows = list(case.documents.filter(messages=None).order_by("pk"))
    return [one for one in rows if one.origin == "applicant" or one.kind == copying.KIND]


def _checked(files: list[Document]) -> list[Document]:
    if any(one.scan == "waiting" for one in files):
        raise NotHandedOver(_("A file of the case is still being checked."))
    return [one for one in files if one.scan == "clean" and one.content_sealed is not None]


def _attachment(one: Document) -> Attachment:
    return Attachment(
        id=str(one.public_id), name=one.name, mime=one.mime, content=documents.content(one),
        purpose="form" if one.kind == copying.KIND else "attachment",
    )  # fmt: skip


def data(parcel: Parcel) -> dict[str, Any]:
    """The application, or what came later, as one JSON object, for adapters that send JSON."""
    if parcel.kind != "application":
        return {
            "type": parcel.kind, "reference": parcel.reference, "form": parcel.form,
            "about": parcel.about, "at": parcel.at, "text": parcel.text,
            "language": parcel.language,
        }  # fmt: skip
    return {
        "reference": parcel.reference, "form": parcel.form, "version": parcel.version,
        "service": parcel.service, "submitted": parcel.submitted, "applied": parcel.applied,
        "language": parcel.language, "level": parcel.level, "applicant": dict(parcel.applicant),
        "acting": dict(parcel.acting), "answers": dict(parcel.answers), "fim": dict(parcel.fim),
    }  # fmt: skip
