"""The catalogue as a file, out and in: a table or XZuFi; first checked, then taken."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.catalogue import table as tables
from stadtkern.kernel.cases.catalogue import taking
from stadtkern.kernel.cases.catalogue.taking import Incoming
from stadtkern.kernel.cases.catalogue.xzufi import reading
from stadtkern.kernel.csv_file import csv_file
from stadtkern.kernel.people.access import staff
from stadtkern.systems.service_portal.staff.answer import page, person
from stadtkern.systems.service_portal.staff.services import SERVICES, everywhere

MOST_SHOWN: Final = 200
# What becomes of a service, as `taking.counted` names it.
WHAT: Final = {
    "new": gettext_lazy("new"), "changed": gettext_lazy("changed"),
    "same": gettext_lazy("unchanged"), "gone": gettext_lazy("gone there"),
    "unknown": gettext_lazy("unknown here"), "wrong": gettext_lazy("not taken"),
    "conflicts": gettext_lazy("conflicts"),
}  # fmt: skip


class FileForm(forms.Form):
    """A file and what to do with it."""

    file = forms.FileField(
        label=gettext_lazy("File: table (CSV) or XZuFi (XML)"),
        help_text=gettext_lazy("A table has the columns of the file that you can save here."),
    )
    side = forms.ChoiceField(
        label=gettext_lazy("Where both sides changed a text"), initial="ask",
        choices=[
            ("ask", gettext_lazy("keep ours and show it again")),
            ("ours", gettext_lazy("keep ours for good")),
            ("theirs", gettext_lazy("take theirs")),
        ],
    )  # fmt: skip
    complete = forms.BooleanField(
        label=gettext_lazy("The file tells everything: mark what it no longer names"),
        required=False,
    )
    really = forms.BooleanField(
        label=gettext_lazy("Take it over (otherwise it is only checked)"), required=False
    )


@staff(SERVICES)
@require_safe
def table(request: HttpRequest) -> HttpResponse:
    """All services as a table that can be read in again."""
    record(person(request), "services.export")
    return csv_file("services", tables.HEADS, tables.rows())


@staff(SERVICES)
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: HttpRequest) -> HttpResponse:
    """What a file would change, line by line; with `really` it is done, all or nothing."""
    if not everywhere(person(request)):
        raise PermissionDenied
    form = FileForm(request.POST or None, request.FILES or None)
    changes: list[taking.Change] = []
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            told = _read(said["file"].name, said["file"].read())
            changes = taking.plan(told, side=said["side"], complete=said["complete"])
        except (tables.BadTable, reading.BadTransfer) as why:
            form.add_error("file", str(why))
    done = bool(changes and form.cleaned_data.get("really") and not form.errors)
    if done:
        taking.carry_out(changes, person(request))
        messages.success(request, _("Taken over."))
    return page(
        request, "services_import", form=form, done=done, counts=_words(changes),
        listed=[
            (WHAT[one.what], one) for one in changes if one.what != "same" or one.conflicts
        ][:MOST_SHOWN],
        looked=request.method == "POST" and not form.errors, status=422 if form.errors else 200,
    )  # fmt: skip


def _read(name: str, content: bytes) -> Sequence[Incoming]:
    looks_like_xml = name.lower().endswith(".xml") or content.lstrip()[:1] == b"<"
    return reading.read(content) if looks_like_xml else tables.read(content)


def _words(changes: Sequence[taking.Change]) -> list[tuple[Any, int]]:
    found = taking.counted(changes)
    return [(title, found[key]) for key, title in WHAT.items() if found[key]]
