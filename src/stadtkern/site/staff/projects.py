"""Projects: which things belong together, and who sees them."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.things.models import Project, Thing
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.lists import Column, Filters, any_of, listed
from stadtkern.site.staff.page import page

if TYPE_CHECKING:
    ProjectFields = forms.ModelForm[Project]
else:
    ProjectFields = forms.ModelForm

OFFERED = 50
COLUMNS = (
    Column(title=_("Name"), sort=("name",)),
    Column(title=_("Short name"), sort=("slug",)),
    Column(title=_("Who sees it")),
    Column(title=_("Things"), sort=("n",), num=True),
)
THING_COLUMNS = (
    Column(title=_("Name"), sort=("name",)),
    Column(title=_("Place"), sort=("place__name",)),
    Column(title=_("Datastreams"), sort=("n",), num=True),
    Column(title=_("Private among them"), sort=("hidden",), num=True),
    Column(title=_("Change")),
)


class ProjectFilters(Filters):
    """By name and by who sees it."""

    q = forms.CharField(label=_("Name"), widget=forms.TextInput({"type": "search"}))
    public = forms.ChoiceField(
        label=_("Who sees it"), choices=any_of([("yes", _("public")), ("no", _("private"))])
    )

    def apply(self, rows: QuerySet[Project]) -> QuerySet[Project]:
        """The rows that pass."""
        if q := self.given("q"):
            rows = rows.filter(Q(name__icontains=q) | Q(slug__icontains=q))
        if public := self.given("public"):
            rows = rows.filter(public=public == "yes")
        return rows


class ProjectForm(ProjectFields):
    """What can be changed of a project."""

    class Meta:
        model = Project
        fields = ("name", "description", "public", "roles")
        labels = {
            "name": _("Name"),
            "description": _("What it is for"),
            "public": _("Everybody may see it"),
            "roles": _("Who sees it while it is private"),
        }
        widgets = {
            "description": forms.Textarea({"rows": 3}),
            "roles": forms.CheckboxSelectMultiple,
        }
        help_texts = {
            "public": _("Without the tick, its things and data are on no public page, in no API."),
            "roles": _("People with one of these roles, when they are signed in."),
        }


class NewProjectForm(ProjectForm):
    """A new project, with the name that keys and tokens use for it."""

    class Meta(ProjectForm.Meta):
        fields = ("name", "slug", "description", "public", "roles")  # type: ignore[assignment]
        labels = {**ProjectForm.Meta.labels, "slug": _("Short name")}
        help_texts = {
            **ProjectForm.Meta.help_texts,
            "slug": _(
                "Small letters, digits and hyphens. Keys name the project by it, so it stays."
            ),
        }

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"])
        if slug != slug.lower() or "_" in slug:
            raise ValidationError(_("Use small letters, digits and hyphens only."))
        return slug


@staff("things.see")
def projects(request: HttpRequest) -> HttpResponse:
    """All projects."""
    filters = ProjectFilters(request)
    rows = Project.objects.prefetch_related("roles").annotate(n=Count("things"))
    found = listed(request, filters.apply(rows), COLUMNS, default="name")
    may_edit = person(request).may("things.edit")
    return page(request, "projects", listed=found, filters=filters, may_edit=may_edit)


@staff("things.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """A new project, without things."""
    form = NewProjectForm(request.POST or None, initial={"public": False})
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            project = form.save()
            record(person(request), "projects.create", project, **_facts(project))
        return redirect("staff-project", project.pk)
    return page(request, "project_new", form=form, status=422 if form.errors else 200)


@staff("things.see")
def project(request: HttpRequest, number: int) -> HttpResponse:
    """One project with its things, and others that a search finds."""
    one = get_object_or_404(Project.objects.prefetch_related("roles"), pk=number)
    may_edit = person(request).may("things.edit")
    query = request.GET.get("q", "").strip()[:100]
    return page(
        request,
        "project",
        project=one,
        listed=listed(request, _counted(one.things.all()), THING_COLUMNS, default="name"),
        may_edit=may_edit,
        query=query,
        others=_others(one, query) if query and may_edit else [],
        offered=OFFERED,
    )


@staff("things.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Name, purpose, and who sees it."""
    one = get_object_or_404(Project, pk=number)
    form = ProjectForm(request.POST or None, instance=one)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            before = _facts(Project.objects.get(pk=number))
            form.save()
            record(
                person(request), "projects.change", one, before=before,
                fields=form.changed_data, **_facts(one),
            )  # fmt: skip
        messages.success(request, _("The project is saved."))
        return redirect("staff-project", number)
    status = 422 if form.errors else 200
    return page(request, "project_change", form=form, project=one, status=status)


@staff("things.edit")
@require_POST
def add(request: HttpRequest, number: int) -> HttpResponse:
    """Put things into a project, be they in another one or in none."""
    one = get_object_or_404(Project, pk=number)
    chosen = [int(text) for text in request.POST.getlist("thing") if text.isdecimal()][:OFFERED]
    with transaction.atomic():
        for thing in Thing.objects.select_for_update(of=("self",)).filter(pk__in=chosen):
            _put(request, thing, one)
    messages.success(request, _("The things are in the project now."))
    return redirect("staff-project", number)


@staff("things.edit")
@require_POST
def take_out(request: HttpRequest, number: int, thing: int) -> HttpResponse:
    """Take a thing out of a project: it belongs to none then."""
    with transaction.atomic():
        things = Thing.objects.select_for_update(of=("self",)).filter(project=number)
        _put(request, get_object_or_404(things, pk=thing), None)
    messages.success(request, _("The thing is in no project now."))
    return redirect("staff-project", number)


def _put(request: HttpRequest, thing: Thing, project: Project | None) -> None:
    before = thing.project
    if before == project:
        return
    thing.project = project
    thing.save(update_fields=["project"])
    slugs = {"before": before.slug if before else "", "project": project.slug if project else ""}
    record(person(request), "things.project", thing, name=thing.name, **slugs)


def _counted(things: QuerySet[Thing]) -> QuerySet[Any]:
    return things.select_related("place").annotate(
        n=Count("datastreams"), hidden=Count("datastreams", filter=Q(datastreams__public=False))
    )


def _others(project: Project, query: str) -> list[Any]:
    """Things outside the project by their name, kind or place."""
    named = Q(name__icontains=query) | Q(kind__icontains=query) | Q(place__name__icontains=query)
    rows = Thing.objects.filter(named).exclude(project=project)
    return list(rows.select_related("place", "project").order_by("name", "pk")[:OFFERED])


def _facts(project: Project) -> dict[str, Any]:
    roles = sorted(project.roles.values_list("slug", flat=True))
    return {"name": project.name, "slug": project.slug, "public": project.public, "roles": roles}
