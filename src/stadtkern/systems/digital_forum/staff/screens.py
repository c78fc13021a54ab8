"""The forum's screens: which there are, their addresses, switching one off."""

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.systems.digital_forum.models import Screen
from stadtkern.systems.digital_forum.models.screen import new_token
from stadtkern.systems.digital_forum.staff.answer import page, person


class New(forms.Form):
    """A screen is known by its name."""

    name = forms.CharField(label=gettext_lazy("Name of the screen"), max_length=80)


@staff("digital_forum.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def screens(request: HttpRequest) -> HttpResponse:
    """All screens; a new one."""
    form = New(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                made = Screen.objects.create(name=form.cleaned_data["name"])
                record(person(request), "digital_forum.screen", made, name=made.name)
            messages.success(request, _("Set its browser up with the address below."))
            return redirect("digital_forum-staff:screens")
        except IntegrityError:
            form.add_error("name", _("There is a screen of this name. Choose another one."))
    rows = [(one, request.build_absolute_uri(reverse("digital_forum:screen", args=[one.token])))
            for one in Screen.objects.all()]  # fmt: skip
    return page(request, "screens", form=form, rows=rows, status=422 if form.errors else 200)


@staff("digital_forum.manage")
@require_POST
def switch(request: HttpRequest, number: int) -> HttpResponse:
    """On or off, or a new address: the old one leads nowhere then."""
    one = get_object_or_404(Screen, pk=number)
    if request.POST.get("do") == "renew":
        one.token = new_token()
    else:
        one.active = not one.active
    one.save(update_fields=["token", "active"])
    record(person(request), "digital_forum.screen", one, name=one.name, active=one.active)
    messages.success(request, _("Saved."))
    return redirect("digital_forum-staff:screens")
