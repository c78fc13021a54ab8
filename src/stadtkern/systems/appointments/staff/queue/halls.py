"""The waiting areas: made and changed, their queues, the addresses of display and kiosk."""

from collections.abc import Callable, Mapping
from string import ascii_uppercase
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db import transaction
from django.forms import modelformset_factory
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.systems.appointments.logic.queue_entry import today
from stadtkern.systems.appointments.models import Hall, Office, Queue
from stadtkern.systems.appointments.models.queue import new_token


class HallForm(forms.ModelForm):  # type: ignore[type-arg]
    """Its name and when people are let in."""

    class Meta:
        model = Hall
        fields = ("name", "name_en", "early_minutes", "late_minutes", "most_calls")
        labels = {
            "name": gettext_lazy("Name"),
            "name_en": gettext_lazy("Name in English"),
            "early_minutes": gettext_lazy("Minutes before an appointment that people are let in"),
            "late_minutes": gettext_lazy("Minutes after which an appointment loses its turn"),
            "most_calls": gettext_lazy("Calls until a number counts as missed"),
        }


class QueueForm(forms.ModelForm):  # type: ignore[type-arg]
    """Whether it gives out numbers without an appointment, and how many a day."""

    class Meta:
        model = Queue
        fields = ("walk_ins", "daily_limit")
        labels = {
            "walk_ins": gettext_lazy("Numbers without an appointment"),
            "daily_limit": gettext_lazy("At most so many a day (from tomorrow on)"),
        }


class NewQueueForm(forms.ModelForm):  # type: ignore[type-arg]
    """An office whose visitors wait here, with the letter of their numbers."""

    class Meta:
        model = Queue
        fields = ("office", "letter", "daily_limit")
        labels = {
            "office": gettext_lazy("Office"),
            "letter": gettext_lazy("Letter before its numbers"),
            "daily_limit": gettext_lazy("Numbers without appointment, at most a day"),
        }

    def __init__(self, hall: Hall, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.hall = hall
        here = {one.office_id: one.letter for one in hall.queues.all()}
        free = (one for one in ascii_uppercase if one not in here.values())
        offices = Office.objects.select_related("resource").exclude(pk__in=here)
        self.fields["office"].queryset = offices  # type: ignore[attr-defined]
        self.fields["letter"].initial = next(free, "")

    def clean_letter(self) -> str:
        letter = str(self.cleaned_data["letter"]).upper()
        if letter not in ascii_uppercase:
            raise forms.ValidationError(_("Please enter one letter from A to Z."))
        if self.instance.hall.queues.filter(letter=letter).exists():
            raise forms.ValidationError(_("Another queue here has this letter already."))
        return letter


@staff("appointments.manage")
@require_safe
def halls(request: HttpRequest) -> HttpResponse:
    """All waiting areas with the links to their display and kiosk."""
    rows = Hall.objects.prefetch_related("queues__office__resource")
    return render(request, "appointments/queue/halls.html", {"halls": rows, "day": today()})


@staff("appointments.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new waiting area; its queues come on the next page."""
    form = HallForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            hall = form.save()
            record(request.user, "appointments.hall.add", hall)
        messages.success(request, _("The waiting area is there. Now say which offices use it."))
        return redirect("appointments-staff:hall", hall.pk)
    said = {"form": form}
    wrong = request.method == "POST"
    return render(request, "appointments/queue/hall.html", said, status=422 if wrong else 200)


@staff("appointments.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, number: int) -> HttpResponse:
    """Change one waiting area and its queues."""
    hall = get_object_or_404(Hall, pk=number)
    what, _colon, which = request.POST.get("do", "").partition(":")
    sheets = modelformset_factory(Queue, form=QueueForm, extra=0)
    rows = hall.queues.select_related("office__resource")
    form = HallForm(request.POST if what == "save" else None, instance=hall)
    queues = sheets(request.POST if what == "save" else None, queryset=rows)
    added = NewQueueForm(hall, request.POST if what == "add" else None, prefix="new")
    if what == "save" and form.is_valid() and queues.is_valid():
        with transaction.atomic():
            form.save()
            queues.save()
            record(request.user, "appointments.hall.change", hall)
        messages.success(request, _("Saved."))
        return redirect("appointments-staff:halls")
    if what == "add" and added.is_valid():
        with transaction.atomic():
            record(request.user, "appointments.hall.change", hall, queue=added.save().letter)
        messages.success(request, _("Saved."))
        return redirect("appointments-staff:hall", hall.pk)
    if what in DEEDS:
        gone = DEEDS[what](request, hall, which)
        return redirect("appointments-staff:halls") if gone else redirect(request.path)
    said = {"hall": hall, "form": form, "queues": queues, "added": added}
    wrong = request.method == "POST"
    return render(request, "appointments/queue/hall.html", said, status=422 if wrong else 200)


def _renew(request: HttpRequest, hall: Hall, which: str) -> bool:
    """New addresses: those that somebody has written down lead nowhere from now on."""
    with transaction.atomic():
        hall.token, hall.kiosk_token = new_token(), new_token()
        hall.save(update_fields=["token", "kiosk_token"])
        record(request.user, "appointments.hall.renew", hall)
    messages.success(
        request, _("Display and kiosk have new addresses. Open them anew on the devices.")
    )
    return True


def _close(request: HttpRequest, hall: Hall, which: str) -> bool:
    """Take a queue out of this hall; not while its numbers are kept."""
    letter = which[:1]
    queue = get_object_or_404(Queue, hall=hall, letter=letter)
    if queue.entries.exists():
        messages.warning(
            request,
            _("Numbers of this queue are still kept. Switch its numbers off for now, please."),
        )
        return False
    with transaction.atomic():
        queue.delete()
        record(request.user, "appointments.hall.change", hall, without=letter)
    messages.success(request, _("Saved."))
    return False


def _remove(request: HttpRequest, hall: Hall, which: str) -> bool:
    """Remove a hall in which nobody ever waited."""
    if hall.entries.exists():
        messages.warning(request, _("People have waited here, so this waiting area stays."))
        return False
    with transaction.atomic():
        record(request.user, "appointments.hall.remove", hall)
        hall.delete()
    messages.success(request, _("The waiting area is gone."))
    return True


DEEDS: Final[Mapping[str, Callable[[HttpRequest, Hall, str], bool]]] = {
    "renew": _renew, "close": _close, "remove": _remove,
}  # fmt: skip
