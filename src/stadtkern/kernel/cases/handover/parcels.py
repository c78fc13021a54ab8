"""What of a case goes into the procedure: answers, files, payment; nothing that was hidden."""

from collections.abc import Mapping
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
from stadtkern.kernel.cases.models import Case, Document, Handover


def parcel(handover: Handover) -> Parcel:
    """Everything the back office gets. Raises NotHandedOver: a file is not checked yet."""
    case = handover.case
    definition = definition_of(case)
    return Parcel(
        key=str(uuid5(case.public_id, f"handover {handover.pk}")),
        reference=case.reference,
        service=case.service.slug if case.service else "",
        form=case.version.form.slug,
        version=case.version.number,
        leika=case.service.leika if case.service else "",
        title=case.service.title if case.service else case.version.form.title,
        schema=case.version.schema_uri,
        submitted=_instant(case),
        applied=localdate(case.filed or case.submitted or case.created).isoformat(),
        language=case.language,
        level=case.level,
        answers=run.kept(definition, case.answers),
        definition=case.version.definition,
        applicant={"name": case.name, "email": case.email, "phone": case.phone},
        fim=_fim(definition),
        acting=case.acting,
        payment=payment.of(case.charge) if case.charge else None,
        attachments=tuple(_attachment(one) for one in _files(case)),
    )


def _instant(case: Case) -> str:
    return (case.submitted or case.created).isoformat(timespec="seconds")


def _fim(definition: Definition) -> Mapping[str, str]:
    return {name: field.fim for name, field in definition.fields().items() if field.fim}


def _files(case: Case) -> list[Document]:
    """The copy of the form, made by now, and what the applicant brought."""
    copying.copy_of(case)
    rows = list(case.documents.order_by("pk"))
    ours = [one for one in rows if one.origin == "applicant" or one.kind == copying.KIND]
    if any(one.scan == "waiting" for one in ours):
        raise NotHandedOver(_("A file of the case is still being checked."))
    return [one for one in ours if one.scan == "clean" and one.content_sealed is not None]


def _attachment(one: Document) -> Attachment:
    return Attachment(
        id=str(one.public_id), name=one.name, mime=one.mime, content=documents.content(one),
        purpose="form" if one.kind == copying.KIND else "attachment",
    )  # fmt: skip


def data(parcel: Parcel) -> dict[str, Any]:
    """The application as one JSON object, for adapters that send JSON."""
    return {
        "reference": parcel.reference, "form": parcel.form, "version": parcel.version,
        "service": parcel.service, "submitted": parcel.submitted, "applied": parcel.applied,
        "language": parcel.language, "level": parcel.level, "applicant": dict(parcel.applicant),
        "acting": dict(parcel.acting), "answers": dict(parcel.answers), "fim": dict(parcel.fim),
    }  # fmt: skip
