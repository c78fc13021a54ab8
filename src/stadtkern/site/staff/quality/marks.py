"""What people know about a datastream that no check can find, and checking a time again."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.things.models import Datastream, Mark
from stadtkern.kernel.things.quality.run import check_again
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.page import page

# What a person can wait for in front of the page.
MOST = 200_000
LOCAL = "%Y-%m-%dT%H:%M"
# The form knows whole minutes; the last one counts.
MINUTE = timedelta(minutes=1) - timedelta(microseconds=1)


class RangeForm(forms.Form):
    """A time in the city's zone."""

    start = forms.DateTimeField(
        label=_("From"), widget=forms.DateTimeInput({"type": "datetime-local"}, LOCAL)
    )
    end = forms.DateTimeField(
        label=_("Until"), widget=forms.DateTimeInput({"type": "datetime-local"}, LOCAL)
    )
    stream: Datastream | None = None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        start, end = data.get("start"), data.get("end")
        if start is None or end is None:
            return data
        if end < start:
            self.add_error("end", _("The end must be later than the beginning."))
        elif (count := _count(self.stream, start, end + MINUTE)) > MOST:
            said = {"count": number_format(count), "most": number_format(MOST)}
            self.add_error(
                "end",
                _("In this time lie %(count)s values. Choose a shorter time: %(most)s at most.")
                % said,
            )
        return data


def _count(stream: Datastream | None, start: datetime, end: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from (select from things_observation where datastream_id = %s"
            " and at between %s and %s limit 1000000) o",
            [stream.pk if stream else 0, start, end],
        )
        return int(cursor.fetchone()[0])


class AgainForm(RangeForm):
    """The time that is checked again."""

    prefix = "again"


class MarkForm(RangeForm):
    """What is known about a time."""

    flag = forms.TypedChoiceField(
        label=_("The values are"), choices=Mark.Flag.choices, coerce=int, initial=Mark.Flag.INVALID
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=200,
        help_text=_("Everybody who reads the data sees this, such as “taken down for repair”."),
    )
    field_order = ("start", "end", "flag", "reason")


@staff("things.edit")
@require_POST
def create(request: HttpRequest, number: int) -> HttpResponse:
    """Marks the values of a time; what comes in for it later is marked too."""
    stream = get_object_or_404(Datastream.objects.select_related("thing"), pk=number)
    form = MarkForm(request.POST)
    form.stream = stream
    if not form.is_valid():
        return page(request, "quality_mark", form=form, stream=stream, status=422)
    given = form.cleaned_data
    with transaction.atomic():
        mark = Mark.objects.create(
            datastream=stream,
            start=given["start"],
            end=given["end"] + MINUTE,
            flag=given["flag"],
            reason=given["reason"],
            author=str(person(request)),
        )
        record(person(request), "quality.mark", stream, start=given["start"].isoformat(),
               end=given["end"].isoformat(), flag=mark.flag, reason=mark.reason)  # fmt: skip
    _told(request, check_again([number], mark.start, mark.end))
    return redirect("staff-quality-stream", number)


@staff("things.edit")
@require_POST
def remove(request: HttpRequest, number: int) -> HttpResponse:
    """Takes a mark back; the checks decide alone again."""
    mark = get_object_or_404(Mark.objects.select_related("datastream"), pk=number)
    with transaction.atomic():
        record(person(request), "quality.unmark", mark.datastream, start=mark.start.isoformat(),
               end=mark.end.isoformat(), reason=mark.reason)  # fmt: skip
        mark.delete()
    _told(request, check_again([mark.datastream_id], mark.start, mark.end))
    return redirect("staff-quality-stream", mark.datastream_id)


@staff("things.edit")
@require_POST
def again(request: HttpRequest, number: int) -> HttpResponse:
    """Runs the present checks over what is stored already."""
    stream = get_object_or_404(Datastream.objects.select_related("thing"), pk=number)
    form = AgainForm(request.POST)
    form.stream = stream
    if not form.is_valid():
        return page(request, "quality_mark", form=form, stream=stream, again=True, status=422)
    start, end = form.cleaned_data["start"], form.cleaned_data["end"] + MINUTE
    changed = check_again([number], start, end)
    record(person(request), "quality.again", stream, start=start.isoformat(),
           end=end.isoformat(), changed=changed)  # fmt: skip
    _told(request, changed)
    return redirect("staff-quality-stream", number)


def _told(request: HttpRequest, changed: int) -> None:
    text = ngettext(
        "The flag of %(count)s value has changed.",
        "The flags of %(count)s values have changed.",
        changed,
    )
    messages.success(request, text % {"count": number_format(changed)})
