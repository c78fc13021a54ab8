"""A dataset for staff: its state, what is wrong, its tables with their versions, what to do."""

from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.catalogue import vocabulary
from stadtkern.kernel.catalogue.files import comparing, uploads
from stadtkern.kernel.catalogue.licences import LICENCES
from stadtkern.kernel.catalogue.models import Dataset, Resource, Upload, Version
from stadtkern.kernel.catalogue.tables import write
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import Account
from stadtkern.systems.open_data.publishing import words
from stadtkern.systems.open_data.publishing.answer import dataset_of, own_dataset, page, person
from stadtkern.systems.open_data.publishing.listing import origin_of

MOST_VERSIONS: Final = 50


@staff("datasets.see")
@require_safe
def dataset(request: HttpRequest, slug: str) -> HttpResponse:
    """The dataset with its tables."""
    one = dataset_of(slug)
    sign, state = words.STATES[one.state]
    current = {
        version.resource_id: version
        for version in Version.objects.filter(resource__dataset=one, current=True)
    }
    parts = [(part, current.get(part.pk)) for part in one.resources.all()]
    waiting = one.uploads.exclude(state=Upload.TAKEN).select_related("file", "resource")
    return page(
        request, "dataset", dataset=one, sign=sign, state=state, origin=origin_of(one),
        parts=parts, waiting=waiting.defer("file__content"), own=one.origin == Dataset.UPLOADED,
        licence=LICENCES[one.licence].title if one.licence in LICENCES else one.licence,
        rhythm=vocabulary.RHYTHMS.get(one.rhythm, one.rhythm),
        themes=[vocabulary.THEMES.get(theme, theme) for theme in one.themes],
        hvd=vocabulary.HVD.get(one.hvd, ""),
    )  # fmt: skip


@staff("datasets.see")
@require_safe
def history(request: HttpRequest, slug: str, part: str) -> HttpResponse:
    """The versions of a table, each compared with the one before."""
    one = dataset_of(slug)
    resource = get_object_or_404(Resource, dataset=one, slug=part)
    versions = list(
        resource.versions.filter(staged=False).select_related("file").defer("file__content")
        [: MOST_VERSIONS + 1]
    )  # fmt: skip
    names = _names(versions)
    rows = [
        _line(version, older, names)
        for version, older in zip(versions, [*versions[1:], None], strict=True)
    ]
    return page(request, "history", dataset=one, resource=resource, rows=rows[:MOST_VERSIONS],
                own=one.origin == Dataset.UPLOADED)  # fmt: skip


def _line(version: Version, older: Version | None, names: dict[str, str]) -> dict[str, Any]:
    return {
        "version": version,
        "by": names.get(version.created_by, version.created_by),
        "change": comparing.compared(older, version) if older else None,
        "notices": uploads.notices_of(version),
        "findings": uploads.findings_of(version),
        "confirmed": version.report.get("confirmed"),
        "restorable": not version.current and not version.dropped,
    }


def _names(versions: list[Version]) -> dict[str, str]:
    """`account:3` by the name of the person."""
    numbers = {
        one.created_by.partition(":")[2]
        for one in versions
        if one.created_by.startswith("account:")
    }
    found = Account.objects.filter(pk__in=[int(n) for n in numbers if n.isdecimal()])
    return {f"account:{one.pk}": str(one) for one in found}


@staff("datasets.publish")
@require_POST
def restore(request: HttpRequest, slug: str, part: str, number: int) -> HttpResponse:
    """An older version once more, as the newest one."""
    one = own_dataset(slug)
    version = get_object_or_404(
        Version.objects.select_related("resource"), resource__dataset=one, resource__slug=part,
        number=number, dropped=False, staged=False, current=False,
    )  # fmt: skip
    with transaction.atomic():
        note = _("Restored from version %(number)s") % {"number": number}
        new = write.again(version, by=f"account:{person(request).pk}", note=note)
        write.forget_old(new.resource, keep=uploads.KEPT)
        record(person(request), "datasets.restore", one, table=part, version=number)
    messages.success(request, _("Version %(number)s is current again.") % {"number": number})
    return redirect("open_data-staff:history", slug, part)
