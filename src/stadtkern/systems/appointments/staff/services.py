"""Concerns: what they are called, how long they take, what to bring, where they are offered."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.systems.appointments.models import Office, OfficeService, Service
from stadtkern.systems.appointments.staff.answer import page, person

if TYPE_CHECKING:
    ServiceModel = forms.ModelForm[Service]
else:
    ServiceModel = forms.ModelForm

LONG = ("about", "about_en", "words", "words_en", "bring", "bring_en", "notice", "notice_en")


class ServiceForm(ServiceModel):
    """All of a concern."""

    skills = forms.CharField(
        label=gettext_lazy("Needed skills"), required=False, max_length=400,
        help_text=gettext_lazy("Separated by commas. A counter serves it that has all of them."),
    )  # fmt: skip

    class Meta:
        model = Service
        fields = ("name", "name_en", "slug", "about", "about_en", "words", "words_en",
                  "situation", "minutes", "extra_minutes", "most_persons", "skills",
                  "bring", "bring_en", "notice", "notice_en", "fee_cents", "fee_note",
                  "fee_note_en", "fee_source", "prepaid", "online_url", "active",
                  "weight")  # fmt: skip
        widgets = {name: forms.Textarea({"rows": 3}) for name in LONG}
        help_texts = {
            "words": gettext_lazy("What people type when they look for it."),
            "fee_cents": gettext_lazy("Only if a law names it; else leave it empty."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["skills"] = ", ".join(self.instance.skills or ())

    def clean_skills(self) -> list[str]:
        """The words between the commas."""
        words = (one.strip()[:80] for one in self.cleaned_data["skills"].split(","))
        return sorted({one for one in words if one})

    def clean(self) -> dict[str, Any]:
        """A fee names its law; what is paid in advance has a fee."""
        said = super().clean() or {}
        if said.get("fee_cents") is not None and not said.get("fee_source"):
            self.add_error("fee_source", _("Please name the law that sets the fee."))
        if said.get("prepaid") and not said.get("fee_cents"):
            self.add_error("prepaid", _("Without a fee there is nothing to pay in advance."))
        return said


@staff("appointments.see")
@require_safe
def services(request: HttpRequest) -> HttpResponse:
    """All concerns, where they are offered and how long they take."""
    rows = Service.objects.prefetch_related("offers__office__resource")
    return page(request, "services", services=rows)


@staff("appointments.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """One concern, with the offices that serve it and their own minutes."""
    one = get_object_or_404(Service, pk=number) if number is not None else None
    form = ServiceForm(request.POST or None, instance=one)
    offices = list(Office.objects.select_related("resource"))
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            saved = form.save()
            _offer(request, saved, offices)
            record(person(request), "appointments.service", saved, changed=form.changed_data)
        messages.success(request, _("Saved."))
        return redirect("appointments-staff:service", saved.pk)
    offers = {offer.office_id: offer for offer in one.offers.all()} if one else {}
    return page(request, "service", form=form, service=one, rows=[(o, offers.get(o.pk))
                for o in offices], status=422 if form.errors else 200)  # fmt: skip


def _offer(request: HttpRequest, service: Service, offices: list[Office]) -> None:
    """Where it is offered, from the boxes beside the form."""
    for office in offices:
        if f"at-{office.pk}" not in request.POST:
            OfficeService.objects.filter(office=office, service=service).delete()
            continue
        given = request.POST.get(f"minutes-{office.pk}", "")
        minutes = (
            int(given) if given.isascii() and given.isdecimal() and 5 <= int(given) <= 480 else None
        )
        OfficeService.objects.update_or_create(
            office=office, service=service,
            defaults={"minutes": minutes, "online": f"online-{office.pk}" in request.POST},
        )  # fmt: skip
