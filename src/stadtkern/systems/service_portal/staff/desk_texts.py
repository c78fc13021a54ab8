"""Texts that an office uses again: list, change, remove; placeholders are checked when saved."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.desk import texts
from stadtkern.kernel.cases.models import DeskText
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import Account, Department
from stadtkern.systems.service_portal.staff.answer import WORK, page, person

if TYPE_CHECKING:
    TextModel = forms.ModelForm[DeskText]
else:
    TextModel = forms.ModelForm


class TextForm(TextModel):
    """One text."""

    class Meta:
        model = DeskText
        fields = ("department", "kind", "title", "language", "text")
        labels = {
            "department": gettext_lazy("Office"), "kind": gettext_lazy("What for"),
            "title": gettext_lazy("Title"), "language": gettext_lazy("Language"),
            "text": gettext_lazy("Text"),
        }  # fmt: skip
        widgets = {
            "text": forms.Textarea({"rows": 10}),
            "language": forms.Select(choices=[("de", "Deutsch"), ("en", "English")]),
        }  # fmt: skip

    def __init__(self, *said: Any, clerk: Account, **more: Any) -> None:
        super().__init__(*said, **more)
        self.fields["department"].queryset = _offices(clerk)  # type: ignore[attr-defined]
        names = ", ".join(f"{{{name}}}" for name in texts.KNOWN)
        self.fields["text"].help_text = _("Filled in by themselves: %(names)s.") % {"names": names}

    def clean_text(self) -> str:
        """Only placeholders that every case of an office knows."""
        text = str(self.cleaned_data["text"])
        if wrong := texts.faults(text):
            raise forms.ValidationError([*wrong])
        return text


def _offices(clerk: Account) -> QuerySet[Department]:
    where = clerk.departments_for(WORK)
    rows = Department.objects.all()
    return rows if where is None else rows.filter(pk__in=where)


@staff(WORK)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The texts of the offices where somebody works."""
    rows = DeskText.objects.filter(department__in=_offices(person(request)))
    return page(request, "texts", rows=rows.select_related("department"))


@staff(WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """One text, new or known; only of an office where somebody works."""
    clerk = person(request)
    known = get_object_or_404(DeskText, pk=number) if number else None
    if known is not None and not clerk.may(WORK, known.department_id):
        raise PermissionDenied
    if known is not None and request.POST.get("do") == "remove":
        with transaction.atomic():
            record(clerk, "case.text", known, removed=True)
            known.delete()
        messages.success(request, _("Removed."))
        return redirect("service_portal-staff:texts")
    form = TextForm(request.POST or None, instance=known, clerk=clerk)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.instance.changed = clock.now()
            record(clerk, "case.text", form.save())
        messages.success(request, _("Saved."))
        return redirect("service_portal-staff:texts")
    return page(request, "text", form=form, known=known, status=422 if form.errors else 200)
