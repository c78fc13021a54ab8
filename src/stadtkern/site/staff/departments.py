"""Departments: what they are called, where they are; one that is in use cannot be removed."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Count, ProtectedError, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import Department
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.lists import Column, Filters, listed
from stadtkern.site.staff.page import page

if TYPE_CHECKING:
    DepartmentFields = forms.ModelForm[Department]
else:
    DepartmentFields = forms.ModelForm

COLUMNS = (
    Column(title=_("Department"), sort=("title",)),
    Column(title=_("Belongs to"), sort=("parent__title",)),
    Column(title=_("E-mail"), sort=("email",)),
    Column(title=_("People"), sort=("people",), num=True),
)


class DepartmentFilters(Filters):
    """By name."""

    q = forms.CharField(label=_("Name"), widget=forms.TextInput({"type": "search"}))

    def apply(self, rows: QuerySet[Department]) -> QuerySet[Department]:
        """The rows that pass."""
        return rows.filter(title__icontains=q) if (q := self.given("q")) else rows


class DepartmentForm(DepartmentFields):
    """All about a department; its short name stays, since addresses name it."""

    class Meta:
        model = Department
        fields = ("title", "title_en", "slug", "parent", "email", "phone", "address", "url")
        labels = {
            "title": _("Name"), "title_en": _("Name in English"), "slug": _("Short name"),
            "parent": _("Belongs to"), "email": _("E-mail"), "phone": _("Phone"),
            "address": _("Address"), "url": _("Website"),
        }  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["slug"].disabled = True
            others = Department.objects.exclude(pk=self.instance.pk)
            self.fields["parent"].queryset = others  # type: ignore[attr-defined]

    def clean_parent(self) -> Department | None:
        above: Department | None = self.cleaned_data["parent"]
        one = above
        while one is not None:
            if one.pk == self.instance.pk:
                raise forms.ValidationError(_("This department belongs to the one you change."))
            one = one.parent
        return above


@staff("people.edit")
def departments(request: HttpRequest) -> HttpResponse:
    """All departments with how many people have a role there."""
    filters = DepartmentFilters(request)
    rows = Department.objects.select_related("parent")
    rows = filters.apply(rows.annotate(people=Count("memberships__account", distinct=True)))
    found = listed(request, rows, COLUMNS, default="title")
    return page(request, "departments", listed=found, filters=filters)


@staff("people.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """A new department."""
    form = DepartmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _save(request, form, "departments.create")
        return redirect("staff-departments")
    return page(request, "department", form=form, status=422 if form.errors else 200)


@staff("people.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, number: int) -> HttpResponse:
    """One department, and who works there."""
    one = get_object_or_404(Department, pk=number)
    form = DepartmentForm(request.POST or None, instance=one)
    if request.method == "POST" and form.is_valid():
        _save(request, form, "departments.change")
        return redirect("staff-departments")
    held = one.memberships.select_related("account", "role").order_by("account__username")
    return page(request, "department", form=form, one=one, held=held,
                status=422 if form.errors else 200)  # fmt: skip


@staff("people.edit")
@require_POST
def remove(request: HttpRequest, number: int) -> HttpResponse:
    """Remove one that nothing refers to."""
    one = get_object_or_404(Department, pk=number)
    try:
        with transaction.atomic():
            record(person(request), "departments.remove", one, slug=one.slug)
            one.delete()
    except ProtectedError:
        messages.error(
            request, _("This department is in use: people, services or cases belong to it.")
        )
        return redirect("staff-department", number)
    messages.success(request, _("The department is removed."))
    return redirect("staff-departments")


def _save(request: HttpRequest, form: DepartmentForm, verb: str) -> None:
    with transaction.atomic():
        row = form.save()
        record(person(request), verb, row, slug=row.slug, fields=form.changed_data)
    messages.success(request, _("The department is saved."))
