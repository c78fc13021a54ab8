"""The pictures of a project: taken, described, put away."""

from typing import Any

import msgspec
from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.people.access import staff
from stadtkern.kernel.pictures import MOST_BYTES, Refused, draw
from stadtkern.systems.projects import changes
from stadtkern.systems.projects import content as documents
from stadtkern.systems.projects.content import Content, Shown
from stadtkern.systems.projects.models import Picture, Project
from stadtkern.systems.projects.staff import fields
from stadtkern.systems.projects.staff.answer import page, person
from stadtkern.systems.projects.staff.editing import base_of
from stadtkern.systems.projects.staff.steps import PICTURES, STEPS, formset, rows_of

MOST = 12


class UploadForm(fields.CaptionForm):
    """A new picture with its words: without them it is not taken."""

    file = forms.FileField(
        label=gettext_lazy("Picture"),
        help_text=gettext_lazy(
            "JPEG, PNG or WebP, up to 12 MB. Position and camera data are removed."
        ),
    )
    field_order = ("file",)


@staff("projects.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def pictures(request: HttpRequest, number: int) -> HttpResponse:
    """Describe what there is, or add one."""
    project = get_object_or_404(Project, pk=number)
    version = changes.newest(project)
    content = documents.read(version.content)
    adding = "add" in request.POST
    told = formset(PICTURES, content, request.POST if request.POST and not adding else None)
    upload = UploadForm(request.POST, request.FILES) if adding else UploadForm()
    problem = _saved(request, project, told, upload) if request.method == "POST" else None
    if problem == "":
        messages.success(request, _("Saved. Not public yet."))
        return redirect("projects-staff:pictures", number)
    return page(
        request, "pictures", project=project, told=content, formset=told, upload=upload,
        steps=STEPS, base=request.POST.get("base") or version.number, problem=problem,
        full=len(content.pictures) >= MOST, status=200 if problem is None else 422,
    )  # fmt: skip


def _saved(request: HttpRequest, project: Project, told: Any, upload: UploadForm) -> str:
    """Empty where it was saved; else what is wrong, beside what the forms say."""
    try:
        if "add" in request.POST:
            return _added(request, project, upload)
        if not told.is_valid():
            return _("Please check the marked fields.")

        def describe(content: Content) -> Content:
            return msgspec.structs.replace(content, pictures=rows_of(PICTURES, told))

        changes.change(person(request), project.pk, base_of(request), describe)
    except changes.Overtaken as overtaken:
        return str(overtaken)
    return ""


def _added(request: HttpRequest, project: Project, upload: UploadForm) -> str:
    if not upload.is_valid():
        return _("Please check the marked fields.")
    said = dict(upload.cleaned_data)
    file = said.pop("file")
    try:
        # One byte more than is allowed tells that there is more.
        drawn = draw(file.read(MOST_BYTES + 1))
    except Refused as refused:
        upload.add_error("file", str(refused))
        return _("Please check the marked fields.")
    with transaction.atomic():
        made = Picture.objects.create(project=project, large=drawn.large, small=drawn.small,
                                      width=drawn.width, height=drawn.height)  # fmt: skip
        one = Shown(picture=made.key, **said)

        def show(content: Content) -> Content:
            return msgspec.structs.replace(content, pictures=(*content.pictures, one)[:MOST])

        changes.change(person(request), project.pk, base_of(request), show)
    return ""
