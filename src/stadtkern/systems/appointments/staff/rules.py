"""Which e-mail addresses cannot book, and which may have any number of appointments."""

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.systems.appointments.models import MailRule
from stadtkern.systems.appointments.staff.answer import page, person

if TYPE_CHECKING:
    RuleModel = forms.ModelForm[MailRule]
else:
    RuleModel = forms.ModelForm


class RuleForm(RuleModel):
    """One rule."""

    class Meta:
        model = MailRule
        fields = ("pattern", "verdict", "reason")

    def clean_pattern(self) -> str:
        """Small letters; an address, or @ and a domain."""
        pattern = str(self.cleaned_data["pattern"]).strip().lower()
        if "@" not in pattern or "." not in pattern.rpartition("@")[2]:
            raise forms.ValidationError(_("Please write an address, or @ and a domain."))
        return pattern


@staff("appointments.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """The list, with a form for one more."""
    remove = request.POST.get("remove", "")
    if remove.isascii() and remove.isdecimal():
        with transaction.atomic():
            one = get_object_or_404(MailRule, pk=int(remove))
            record(person(request), "appointments.mail_rule", one, removed=one.pattern)
            one.delete()
        messages.success(request, _("Taken out."))
        return redirect("appointments-staff:mail-rules")
    form = RuleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            saved = form.save()
            record(person(request), "appointments.mail_rule", saved, pattern=saved.pattern)
        messages.success(request, _("Saved."))
        return redirect("appointments-staff:mail-rules")
    return page(request, "mail_rules", form=form, rules=MailRule.objects.all(),
                status=422 if form.errors else 200)  # fmt: skip
