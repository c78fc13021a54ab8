"""From an uploaded file to tables: received, understood, staged, corrected, taken or not."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final

import msgspec
import psycopg
from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from stadtkern.kernel.catalogue.files import (
    comparing,
    covering,
    limits,
    naming,
    opened,
    personal,
    typed,
    understand,
)
from stadtkern.kernel.catalogue.files.notices import Notice, Notices
from stadtkern.kernel.catalogue.files.sheet import Part, Sheet
from stadtkern.kernel.catalogue.models import Dataset, Resource, StoredFile, Upload, Version
from stadtkern.kernel.catalogue.tables import write
from stadtkern.kernel.jobs.tasks import perform

WORK: Final = "stadtkern.kernel.catalogue.files.uploads.work"
# Rows of older versions that are kept, so that they can be restored.
KEPT: Final = 10


def receive(
    name: str, content: bytes, *, by: str, dataset: Dataset, resource: Resource | None = None
) -> Upload:
    """Keep the file and read it: at once where it is small, by the worker where it is large."""
    limits.check_size(len(content))
    with transaction.atomic():
        upload = Upload.objects.create(
            file=_stored(name, content), dataset=dataset, resource=resource, by=by
        )
    return proceed(upload)


def _stored(name: str, content: bytes) -> StoredFile:
    digest = sha256(content).hexdigest()
    plain = name.replace("\\", "/").rpartition("/")[2][-200:] or "datei"
    known = StoredFile.objects.filter(sha256=digest, name=plain).defer("content").first()
    return known or StoredFile.objects.create(
        name=plain, media_type=opened.media_type_of(plain), size=len(content), sha256=digest,
        content=content,
    )  # fmt: skip


def proceed(upload: Upload) -> Upload:
    """Read, or read again after a correction."""
    Upload.objects.filter(pk=upload.pk).update(state=Upload.WAITING, problem="", done_rows=0)
    if upload.file.size <= limits.AT_ONCE:
        work(upload.pk)
    else:
        perform.defer(call=WORK, number=upload.pk)
    upload.refresh_from_db()
    return upload


def work(number: int) -> str:
    """Understand the file and stage its tables; what fails is told. Bears repetition."""
    upload = Upload.objects.select_related("file", "dataset", "resource").get(pk=number)
    if upload.state in (Upload.READY, Upload.TAKEN, Upload.FAILED):
        return "done before"
    Upload.objects.filter(pk=number).update(state=Upload.READING)
    try:
        sheets = _Reading(upload).sheets()
    except limits.FileProblem as problem:
        return _failed(number, str(problem))
    except (psycopg.DataError, DatabaseError) as error:
        said = _("The rows could not be stored: %(error)s")
        return _failed(number, said % {"error": str(error).splitlines()[0]})
    keep(upload, sheets, state=Upload.READY)
    return f"{sum(one.rows for one in sheets)} rows"


def _failed(number: int, problem: str) -> str:
    Upload.objects.filter(pk=number).update(state=Upload.FAILED, problem=problem)
    return problem


def sheets_of(upload: Upload) -> list[Sheet]:
    """The tables of an upload."""
    stored: Any = upload.sheets
    return msgspec.convert(stored, list[Sheet])


def keep(upload: Upload, sheets: Sequence[Sheet], **facts: Any) -> None:
    """Store what is known about its tables."""
    built = msgspec.to_builtins(list(sheets))
    Upload.objects.filter(pk=upload.pk).update(sheets=built, **facts)


class _Reading:
    """One reading of one upload."""

    def __init__(self, upload: Upload) -> None:
        self.upload, self.file = upload, upload.file
        self.known = sheets_of(upload)
        headers = {one.name: one.header for one in self.known if one.anew}
        self.parts = opened.parts_of(self.file.name, bytes(self.file.content), headers)
        self.before = 0

    def sheets(self) -> list[Sheet]:
        """The tables, each staged unless it is left out or was staged before."""
        known = {one.name: one for one in self.known}
        found = [self._understood(part, known.get(part.name)) for part in self.parts]
        if self.upload.resource and not self.known:
            _choose(found, self.upload.resource)
        for part, sheet in zip(self.parts, found, strict=True):
            if not sheet.out and not sheet.version:
                # With what is known of all tables, so that a second run goes on after this one.
                with transaction.atomic():
                    self._stage(part, sheet)
                    keep(self.upload, found)
        return found

    def _understood(self, part: Part, known: Sheet | None) -> Sheet:
        if known and not known.anew:
            return known
        sheet = understand.understood(part, self._progress)
        self.before += sheet.rows
        if known:
            sheet.title, sheet.slug, sheet.resource = known.title, known.slug, known.resource
        return sheet

    def _progress(self, rows: int) -> None:
        done = self.before + rows
        Upload.objects.filter(pk=self.upload.pk).update(done_rows=done)

    def _stage(self, part: Part, sheet: Sheet) -> None:
        notices = Notices()
        resource = self._resource(sheet)
        version = write.write(
            resource, sheet.fields(), typed.rows(part, sheet, notices),
            by=self.upload.by, file=self.file, stage=True,
        )  # fmt: skip
        sheet.version, sheet.resource, sheet.rows = version.pk, resource.pk, version.rows
        found = {(one.code, one.column): one for one in [*sheet.notices, *notices.listed()]}
        sheet.notices = sorted(found.values(), key=lambda one: one.weight != "check")
        version.report = report_of(sheet, personal.look(version))
        version.save(update_fields=["report"])

    def _resource(self, sheet: Sheet) -> Resource:
        if self.upload.resource:
            return self.upload.resource
        dataset = self.upload.dataset
        others = dataset.resources.exclude(pk=sheet.resource)
        taken = set(others.values_list("slug", flat=True))
        sheet.slug = naming.resource_slug(sheet.title, tuple(taken))
        if found := Resource.objects.filter(pk=sheet.resource).first():
            # Nobody has read it yet, so its address may follow its title.
            found.title, found.slug = sheet.title, sheet.slug
            found.save(update_fields=["title", "slug"])
            return found
        return Resource.objects.create(
            dataset=dataset, slug=sheet.slug, title=sheet.title, position=len(taken)
        )


def _choose(sheets: Sequence[Sheet], resource: Resource) -> None:
    """Of a file with several tables that one which the resource was made from; corrections stay."""
    before = plan_of(current_of(resource))
    chosen = next((one for one in sheets if before and one.name == before.name), sheets[0])
    for one in sheets:
        one.out = one is not chosen
    if before:
        comparing.adopt(chosen, before)


def report_of(sheet: Sheet, found: Sequence[personal.Finding]) -> dict[str, Any]:
    """What a version remembers: oddities, notes, findings, and the plan it was read by."""
    plan = msgspec.structs.replace(sheet, notices=[], version=0)
    report: dict[str, Any] = msgspec.to_builtins(
        {"notices": sheet.notices, "notes": sheet.notes, "personal": found, "plan": plan}
    )
    return report


def plan_of(version: Version | None) -> Sheet | None:
    """How this version was read from its file."""
    plan = version.report.get("plan") if version else None
    return msgspec.convert(plan, Sheet) if plan else None


def findings_of(version: Version) -> list[personal.Finding]:
    """What may be about people in this version."""
    return msgspec.convert(version.report.get("personal", []), list[personal.Finding])


def needs_confirmation(version: Version) -> bool:
    """Whether somebody has to say why these rows may be public."""
    return bool(version.report.get("personal")) and not version.report.get("confirmed")


def confirm(version: Version, *, by: str, reason: str, at: str) -> None:
    """Remember who said why these rows may be public."""
    version.report = {**version.report, "confirmed": {"by": by, "reason": reason, "at": at}}
    version.save(update_fields=["report"])


def current_of(resource: Resource) -> Version | None:
    """The version that everybody reads; None where there is none yet."""
    return resource.versions.filter(current=True).first()


def staged_of(upload: Upload) -> list[Version]:
    """The staged versions of an upload, in the order of its tables."""
    numbers = [one.version for one in sheets_of(upload) if one.version and not one.out]
    found = Version.objects.select_related("resource").in_bulk(numbers)
    return [found[number] for number in numbers if number in found]


def change_of(upload: Upload) -> comparing.Change | None:
    """What a new version changes; None where the file makes new tables."""
    staged = staged_of(upload)
    before = current_of(upload.resource) if upload.resource else None
    return comparing.compared(before, staged[0]) if before and staged else None


def take(upload: Upload, *, note: str = "") -> list[Version]:
    """Make the staged tables current; where nothing differs from the current one it stays."""
    with transaction.atomic():
        locked = Upload.objects.select_for_update().get(pk=upload.pk)
        if locked.state != Upload.READY:
            return []
        change = change_of(upload)
        staged = staged_of(upload)
        if change and change.same:
            staged[0].delete()
            taken = []
        else:
            taken = [write.release(one, note=note) for one in staged]
        for one in taken:
            write.forget_old(one.resource, keep=KEPT)
        Upload.objects.filter(pk=upload.pk).update(state=Upload.TAKEN)
        _forget_empty(upload)
        covering.cover(upload.dataset)
    return taken


def _forget_empty(upload: Upload) -> None:
    """Resources that were made for tables which a person then left out or threw away."""
    made = [one.resource for one in sheets_of(upload) if one.resource]
    empty = Resource.objects.filter(pk__in=made, versions=None, dataset=upload.dataset_id)
    empty.exclude(pk=upload.resource_id or 0).delete()


def correct(upload: Upload, place: int, sheet: Sheet) -> Upload:
    """Read a table again as a person corrected it; its staged rows are thrown away."""
    sheets = sheets_of(upload)
    with transaction.atomic():
        Version.objects.filter(pk=sheets[place].version, staged=True).delete()
        sheet.version = 0
        sheets[place] = sheet
        keep(upload, sheets)
    upload.refresh_from_db()
    return proceed(upload)


def discard(upload: Upload) -> None:
    """Throw an upload away, with what was staged from it."""
    with transaction.atomic():
        numbers = [one.version for one in sheets_of(upload) if one.version]
        Version.objects.filter(pk__in=numbers, staged=True).delete()
        _forget_empty(upload)
        upload.delete()
        forget_files()


def forget_files() -> int:
    """Delete stored files that no version and no upload holds any more."""
    unused = StoredFile.objects.filter(
        ~Exists(Version.objects.filter(file=OuterRef("pk"))),
        ~Exists(Upload.objects.filter(file=OuterRef("pk"))),
    )
    return unused.delete()[0]


def notices_of(version: Version) -> list[Notice]:
    """What was odd about the file of this version."""
    return msgspec.convert(version.report.get("notices", []), list[Notice])
