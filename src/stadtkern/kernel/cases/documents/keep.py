"""Takes files on, keeps them sealed, and hands them out while they are clean."""

import hashlib

from django.db import transaction
from django.db.models import Sum
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from stadtkern.kernel import sealing
from stadtkern.kernel.cases.documents import names, scan, types
from stadtkern.kernel.cases.documents.limits import MB, PER_CASE, PER_FILE
from stadtkern.kernel.cases.documents.problem import NotTaken
from stadtkern.kernel.cases.models import Case, Document


def add(
    case: Case, *, field: str = "", name: str, content: bytes, origin: str = "applicant",
    kind: str = "upload", types_allowed: tuple[str, ...] = (),
) -> Document:  # fmt: skip
    """Keep a file of a case. Raises NotTaken: too large, of another type, harmful, not scanned.

    What an applicant or a back office brings is looked at and written anew; what the city makes
    itself is kept as it is. `sha512` is of the content as it is kept.
    """
    if not content:
        raise NotTaken(_("This file is empty. Please choose another one."))
    if len(content) > PER_FILE:
        raise NotTaken(_("This file is too large. Up to %(most)s MB are possible.")
                       % {"most": PER_FILE // MB})  # fmt: skip
    if origin != "city":
        scan.check(content)
    read = _read(content, types_allowed, origin)
    with transaction.atomic():
        Case.objects.select_for_update().only("pk").get(pk=case.pk)
        if origin == "applicant" and len(read.content) > room_left(case):
            raise NotTaken(_("All files together may have %(most)s MB. Remove one first.")
                           % {"most": PER_CASE // MB})  # fmt: skip
        return Document.objects.create(
            case=case, origin=origin, kind=kind, field=field,
            name=names.cleaned(name, types.ENDINGS[read.mime]), mime=read.mime,
            size=len(read.content), sha512=hashlib.sha512(read.content).hexdigest(),
            content_sealed=sealing.seal_bytes(read.content), scan="clean",
        )  # fmt: skip


def _read(content: bytes, allowed: tuple[str, ...], origin: str) -> types.Taken:
    if origin == "city":
        mime = types.sniffed(content)
        if mime not in types.ENDINGS:
            raise NotTaken(_("The city keeps PDFs and pictures only."))
        return types.Taken(mime=mime, content=content)
    read = types.taken(content, allowed)
    if origin == "back_office" and read.mime == "application/pdf" and not read.note:
        # Nothing had to go, so it stays as it came: it may carry a signature.
        return types.Taken(mime=read.mime, content=content)
    return read


def room_left(case: Case) -> int:
    """How many bytes of files may still be added by whoever applies."""
    mine = case.documents.filter(origin="applicant").exclude(content_sealed=None)
    return PER_CASE - (mine.aggregate(sum=Sum("size"))["sum"] or 0)


def content(document: Document) -> bytes:
    """What is in it. Raises NotTaken: it is not clean, or was erased."""
    if document.scan != "clean" or document.content_sealed is None:
        raise NotTaken(_("This file is not there any more, or it was not checked."))
    return sealing.unseal_bytes(document.content_sealed)


def remove(document: Document) -> None:
    """Take back a file that was not sent yet."""
    document.delete()


def handed_out(document: Document, *, inline: bool = False) -> HttpResponse:
    """The file for a browser: saved rather than shown, never guessed at, in a box of its own.

    Whoever calls has checked that the reader may see it. Raises NotTaken.
    """
    answer = HttpResponse(content(document), content_type=document.mime)
    name = content_disposition_header(as_attachment=not inline, filename=document.name)
    answer["Content-Disposition"] = name or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cache-Control"] = "private, no-store"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
