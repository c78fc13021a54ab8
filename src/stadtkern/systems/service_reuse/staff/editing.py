"""What is known of a service of others: entered and changed by hand."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.models import Service
from stadtkern.kernel.people.access import staff
from stadtkern.systems.service_reuse import stepping
from stadtkern.systems.service_reuse.models import Candidate, Step
from stadtkern.systems.service_reuse.register import MONEY
from stadtkern.systems.service_reuse.staff.answer import page, person
from stadtkern.systems.service_reuse.staff.fields import amounts

if TYPE_CHECKING:
    CandidateModelForm = forms.ModelForm[Candidate]
else:
    CandidateModelForm = forms.ModelForm

LEVELS = [("", gettext_lazy("not known")), ("0", "0"), ("1", "1"), ("3", "3"), ("4", "4")]


class CandidateForm(CandidateModelForm):
    """All that is known; amounts in euros."""

    level = forms.TypedChoiceField(label=gettext_lazy("Level of trust"), choices=LEVELS,
                                   coerce=int, empty_value=None, required=False)  # fmt: skip

    # People copy it in groups: 99 107 023 001 000.
    leika = forms.CharField(
        label=gettext_lazy("LeiKa key"), max_length=30, required=False,
        help_text=gettext_lazy("14 digits, beginning with 99. Leave it empty where unknown."),
    )  # fmt: skip

    class Meta:
        model = Candidate
        fields = ("service", "title", "about", "state", "operator", "leika", "fim", "url",
                  "transport", "interface", "account", "level", "payment", "contract", "privacy",
                  "price_source", "source", "source_url", "as_of")  # fmt: skip
        widgets = {"about": forms.Textarea({"rows": 3}),
                   "as_of": forms.DateInput({"type": "date"}, "%Y-%m-%d")}  # fmt: skip
        help_texts = {
            "source": gettext_lazy("Where this was read, so that others can check it."),
        }

    def __init__(self, *args: Any, **told: Any) -> None:
        super().__init__(*args, **told)
        rows = Service.objects.filter(active=True).order_by("title")
        self.fields["service"].queryset = rows  # type: ignore[attr-defined]
        for name, field in amounts().items():
            self.fields[name] = field
            self.initial.setdefault(name, getattr(self.instance, name))

    def clean_leika(self) -> str:
        key = str(self.cleaned_data["leika"]).replace(" ", "")
        if key and not (key.isascii() and key.isdecimal() and len(key) == 14
                        and key.startswith("99")):  # fmt: skip
            raise forms.ValidationError(_("A LeiKa key has 14 digits and begins with 99."))
        return key

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.instance.step == "live" and not data.get("url"):
            self.add_error("url", _("People use this service, so it needs an address."))
        for part in ("one_off", "yearly", "per_case"):
            low, high = data.get(f"{part}_low"), data.get(f"{part}_high")
            if low is not None and high is not None and low > high:
                self.add_error(f"{part}_high", _("This is less than “at least”."))
        return data


@staff("service_reuse.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, number: int = 0) -> HttpResponse:
    """A new candidate, or one that is known."""
    found = get_object_or_404(Candidate, pk=number) if number else Candidate()
    form = CandidateForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        made = _saved(request, form, new=not number)
        messages.success(request, _("Saved."))
        return redirect("service_reuse-staff:candidate", made.pk)
    return page(request, "edit", form=form, number=number, money=MONEY,
                status=422 if form.errors else 200)  # fmt: skip


@transaction.atomic
def _saved(request: HttpRequest, form: CandidateForm, *, new: bool) -> Candidate:
    who, found = person(request), form.save(commit=False)
    for name in MONEY:
        setattr(found, name, form.cleaned_data[name])
    found.changed = clock.now()
    found.save()
    stepping.follow(found)
    if new:
        Step.objects.create(candidate=found, by=who.username, after="candidate")
    record(who, "service_reuse.create" if new else "service_reuse.change", found)
    return found
