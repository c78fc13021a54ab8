"""All forms of one's offices with their state, and a new one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.forms.definition import Definition, Step, write
from stadtkern.kernel.cases.models import Form, FormVersion, Service
from stadtkern.kernel.cases.models.case import OPEN
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import Department
from stadtkern.systems.service_portal.staff.answer import page, person
from stadtkern.systems.service_portal.staff.forms.door import (
    FORMS,
    departments_of,
    forms_of,
)
from stadtkern.systems.service_portal.staff.forms.words import WordsForm, pair

PER_PAGE = 30
STATES = {
    "": gettext_lazy("all"), "draft": gettext_lazy("with a draft"),
    "published": gettext_lazy("published"), "unpublished": gettext_lazy("never published"),
}  # fmt: skip


class Filters(forms.Form):
    """What the list is narrowed to."""

    q = forms.CharField(label=gettext_lazy("Title"), required=False, max_length=100)
    state = forms.ChoiceField(
        label=gettext_lazy("State"), required=False, choices=list(STATES.items())
    )
    office = forms.ModelChoiceField(
        label=gettext_lazy("Office"), required=False, queryset=Department.objects.none(),
        to_field_name="slug", empty_label=gettext_lazy("all"),
    )  # fmt: skip


class NewForm(WordsForm):
    """What a form is called, and whose it is."""

    title, title_en = pair(gettext_lazy("Title"), required=True, longest=200)
    slug = forms.SlugField(
        label=gettext_lazy("Name in the address"), required=False, max_length=120,
        help_text=gettext_lazy("Made of the title if you leave it empty. It stays as it is."),
    )  # fmt: skip
    department = forms.ModelChoiceField(
        label=gettext_lazy("Office"), queryset=Department.objects.none()
    )
    service = forms.ModelChoiceField(
        label=gettext_lazy("Service in the catalogue"), required=False,
        queryset=Service.objects.none(), empty_label=gettext_lazy("none yet"),
    )  # fmt: skip

    def clean(self) -> dict[str, object]:
        """A name that is free."""
        said = super().clean() or {}
        said["slug"] = said.get("slug") or slugify(str(said.get("title", "")))[:120]
        if said["slug"] in ("", "new", "import") or Form.objects.filter(slug=said["slug"]).exists():
            self.add_error("slug", _("There is a form of this name. Choose another one."))
        return said


@staff(FORMS)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The forms with state, numbers and their last change."""
    filters = Filters(request.GET)
    filters.fields["office"].queryset = departments_of(person(request))  # type: ignore[attr-defined]
    rows = _narrowed(_told(forms_of(person(request))), filters)
    shown = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return page(request, "forms/listing", rows=shown, filters=filters, found=shown.paginator.count)


def _told(rows: QuerySet[Form]) -> QuerySet[Any]:
    versions = FormVersion.objects.filter(form=OuterRef("pk"))
    live = versions.filter(state="published")
    running = Q(versions__cases__state__in=OPEN)
    return rows.annotate(
        live_number=live.values("number")[:1], live_since=live.values("published")[:1],
        has_draft=Exists(versions.filter(state="draft")),
        running=Count("versions__cases", filter=running),
    ).order_by("title")  # fmt: skip


def _narrowed(rows: QuerySet[Any], filters: Filters) -> QuerySet[Any]:
    said = filters.cleaned_data if filters.is_valid() else {}
    if said.get("q"):
        rows = rows.filter(Q(title__icontains=said["q"]) | Q(title_en__icontains=said["q"]))
    if said.get("office"):
        rows = rows.filter(department=said["office"])
    if said.get("state") == "draft":
        return rows.filter(has_draft=True)
    if said.get("state"):
        return rows.filter(live_number__isnull=said["state"] == "unpublished")
    return rows


@staff(FORMS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new form with one empty step, as a draft."""
    form = NewForm(request.POST or None)
    form.fields["department"].queryset = departments_of(person(request))  # type: ignore[attr-defined]
    form.fields["service"].queryset = Service.objects.filter(active=True)  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        made = _make(request, form)
        messages.success(request, _("The form is there. Now add its questions."))
        return redirect("service_portal-staff:form", made.slug)
    return page(request, "forms/new", form=form, status=422 if form.errors else 200)


@transaction.atomic
def _make(request: HttpRequest, form: NewForm) -> Form:
    said = form.cleaned_data
    title = form.words("title")
    made = Form.objects.create(
        slug=said["slug"], title=title["de"], title_en=title.get("en", ""),
        department=said["department"], service=said["service"],
    )  # fmt: skip
    first = Step(id="schritt_1", title={"de": "Ihre Angaben", "en": "Your details"})
    FormVersion.objects.create(
        form=made, number=1, made_by=person(request),
        definition=write(Definition(title=title, steps=(first,))),
    )  # fmt: skip
    record(person(request), "forms.create", made)
    return made
