"""A file comes in: for a new dataset, as one more table, or as a new version of one."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel import registry
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.catalogue import publishers
from stadtkern.kernel.catalogue.files import limits, naming, opened, uploads
from stadtkern.kernel.catalogue.models import Dataset, Resource
from stadtkern.kernel.people.access import staff
from stadtkern.systems.open_data.publishing.answer import own_dataset, page, person
from stadtkern.systems.open_data.publishing.steps import steps

ACCEPTED = ",".join((*opened.TYPES, ".zip"))


class FileForm(forms.Form):
    """A file; what it holds is looked at afterwards."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV, Excel (.xlsx), GeoJSON, GeoPackage, Shapefile or GTFS (both as .zip), at most "
            "64 MB."
        ),
        widget=forms.ClearableFileInput({"accept": ACCEPTED}),
    )

    def clean_file(self) -> Any:
        found = self.cleaned_data["file"]
        try:
            limits.check_size(found.size)
        except limits.FileProblem as problem:
            raise ValidationError(str(problem)) from problem
        return found


@staff("datasets.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new dataset from a file: a draft, until somebody publishes it."""
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        with transaction.atomic():
            dataset = draft(file.name or "")
            record(person(request), "datasets.create", dataset, file=file.name)
        return _received(request, file, dataset)
    return page(request, "new", form=form, steps=steps("file"), status=422 if form.errors else 200)


def draft(name: str) -> Dataset:
    """An empty dataset named like a file."""
    title = naming.title_of(name)
    slug = naming.resource_slug(title)
    taken = tuple(Dataset.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    identity = registry.city().city
    return Dataset.objects.create(
        slug=naming.resource_slug(title, taken), title=title[:300], publisher=publishers.city(),
        contact_name=f"Stadt {identity.name}", contact_email=identity.contact,
    )  # fmt: skip


def _received(
    request: HttpRequest, file: Any, dataset: Dataset, resource: Resource | None = None
) -> HttpResponse:
    by = f"account:{person(request).pk}"
    upload = uploads.receive(
        file.name or "", file.read(), by=by, dataset=dataset, resource=resource
    )
    return redirect("open_data-staff:upload", upload.pk)


@staff("datasets.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """One more file for a dataset."""
    dataset = own_dataset(slug)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        record(person(request), "datasets.add_file", dataset, file=form.cleaned_data["file"].name)
        return _received(request, form.cleaned_data["file"], dataset)
    return page(request, "add", form=form, dataset=dataset, status=422 if form.errors else 200)


@staff("datasets.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def renew(request: HttpRequest, slug: str, part: str) -> HttpResponse:
    """A new version of one table of a dataset."""
    dataset = own_dataset(slug)
    resource = get_object_or_404(Resource, dataset=dataset, slug=part, kind=Resource.TABLE)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        return _received(request, form.cleaned_data["file"], dataset, resource)
    return page(request, "add", form=form, dataset=dataset, resource=resource,
                status=422 if form.errors else 200)  # fmt: skip
