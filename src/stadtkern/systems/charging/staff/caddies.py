"""The quarter's shared vehicle: what it does now, how full it is, its hours and its code."""

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import digest_of
from stadtkern.systems.charging.logic import fleet
from stadtkern.systems.charging.models import Caddy
from stadtkern.systems.charging.staff.answer import page, person
from stadtkern.systems.charging.staff.locations import readable_hours

if TYPE_CHECKING:
    CaddyModelForm = forms.ModelForm[Caddy]
else:
    CaddyModelForm = forms.ModelForm
# Who may only control it changes no more than these.
NOW = ("state", "charge")


class CaddyForm(CaddyModelForm):
    """What staff say of it. The charge is for when its device is silent."""

    charge = forms.IntegerField(
        label=gettext_lazy("Battery read off by hand, in per cent"), min_value=0, max_value=100,
        required=False, help_text=gettext_lazy("Only where its device tells nothing."),
    )  # fmt: skip
    new_code = forms.CharField(
        label=gettext_lazy("New code of the quarter"), max_length=40, min_length=4, required=False,
        help_text=gettext_lazy("Residents book with it. It is not shown again."),
    )  # fmt: skip

    class Meta:
        model = Caddy
        fields = ("state", "operator", "range_km", "hours", "most_hours")
        labels = {
            "state": gettext_lazy("State"),
            "operator": gettext_lazy("Operator"),
            "range_km": gettext_lazy("Range with a full battery, in km"),
            "hours": gettext_lazy("Opening hours"),
            "most_hours": gettext_lazy("Hours at a time, at most"),
        }
        help_texts = {
            "hours": gettext_lazy("As OpenStreetMap writes them: 24/7, Mo-Sa 06:00-22:00")
        }
        widgets = {"most_hours": forms.NumberInput({"min": 1, "max": 24})}

    field_order = ("state", "charge", "operator", "range_km", "hours", "most_hours", "new_code")

    def clean_hours(self) -> str:
        said: str = self.cleaned_data["hours"]
        return readable_hours(said)

    def clean_most_hours(self) -> int:
        said: int = self.cleaned_data["most_hours"]
        if not 1 <= said <= 24:
            raise forms.ValidationError(_("From 1 to 24 hours."))
        return said


@staff("charging.see")
@require_safe
def caddies(request: HttpRequest) -> HttpResponse:
    """All shared vehicles as they are now."""
    return page(request, "caddies", found=fleet.all_now())


@staff("charging.control")
@require_http_methods(["GET", "HEAD", "POST"])
def caddy(request: HttpRequest, slug: str) -> HttpResponse:
    """One of them; its state and charge are for everybody who controls, the rest for managers."""
    row = get_object_or_404(Caddy.objects.select_related("place"), slug=slug)
    form = CaddyForm(request.POST or None, instance=row)
    if not person(request).may("charging.manage"):
        for name in [one for one in form.fields if one not in NOW]:
            del form.fields[name]
    if request.method == "POST" and form.is_valid():
        _save(request, form)
        messages.success(request, _("Saved. It stands on the public page."))
        return redirect("charging-staff:caddy", slug)
    now = next(one for one in fleet.all_now() if one.caddy.pk == row.pk)
    return page(request, "caddy", form=form, caddy=row, now=now,
                status=422 if form.errors else 200)  # fmt: skip


def _save(request: HttpRequest, form: CaddyForm) -> None:
    row: Caddy = form.instance
    said = form.cleaned_data
    if "state" in form.changed_data:
        row.state_at = clock.now()
    if said.get("new_code"):
        row.code = digest_of(said["new_code"].strip().upper())
    with transaction.atomic():
        form.save()
        if said.get("charge") is not None:
            fleet.read_off(row, said["charge"])
        # The code itself is nobody's to read, here either.
        record(person(request), "charging.caddy", row, fields=sorted(form.changed_data))
