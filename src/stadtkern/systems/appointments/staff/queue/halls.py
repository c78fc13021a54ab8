"""The waiting areas: addresses of display and kiosk, and how their queues give out numbers."""

from django import forms
from django.contrib import messages
from django.forms import modelformset_factory
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import Account
from stadtkern.systems.appointments.logic.queue_entry import today
from stadtkern.systems.appointments.models import Hall, Queue


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


@staff("appointments.manage")
@require_safe
def halls(request: HttpRequest) -> HttpResponse:
    """All waiting areas with the links to their display and kiosk."""
    rows = Hall.objects.prefetch_related("queues__office__resource")
    return render(request, "appointments/queue/halls.html", {"halls": rows, "day": today()})


@staff("appointments.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, number: int) -> HttpResponse:
    """Change one waiting area and its queues."""
    hall = get_object_or_404(Hall, pk=number)
    sheets = modelformset_factory(Queue, form=QueueForm, extra=0)
    rows = hall.queues.select_related("office__resource")
    form = HallForm(request.POST or None, instance=hall)
    queues = sheets(request.POST or None, queryset=rows)
    if request.method == "POST" and form.is_valid() and queues.is_valid():
        form.save()
        queues.save()
        assert isinstance(request.user, Account)
        record(request.user, "appointments.hall.change", hall)
        messages.success(request, _("Saved."))
        return redirect("appointments-staff:halls")
    said = {"hall": hall, "form": form, "queues": queues}
    wrong = request.method == "POST"
    return render(request, "appointments/queue/hall.html", said, status=422 if wrong else 200)
