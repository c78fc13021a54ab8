"""One step of the guided form: saved as a version of its own."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel import registry
from stadtkern.kernel.people.access import staff
from stadtkern.systems.projects import changes
from stadtkern.systems.projects import content as documents
from stadtkern.systems.projects.models import Project
from stadtkern.systems.projects.staff.answer import page, person
from stadtkern.systems.projects.staff.steps import BY_SLUG, STEPS, Sheet


@staff("projects.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, number: int, step: str) -> HttpResponse:
    """Fill in one step; what was typed stays where it cannot be saved."""
    if step not in BY_SLUG:
        raise Http404
    project = get_object_or_404(Project, pk=number)
    version = changes.newest(project)
    content = documents.read(version.content)
    sheet = Sheet(BY_SLUG[step], content, request.POST or None)
    problem = ""
    if request.method == "POST" and sheet.is_valid():
        try:
            changes.change(person(request), number, base_of(request), sheet.apply)
        except changes.Overtaken as overtaken:
            problem = str(overtaken)
        else:
            messages.success(request, _("Saved. Not public yet."))
            return redirect(*_next(request, project, step))
    wrong = request.method == "POST"
    tiles = [f"tile:{system.slug}.{tile.slug}" for system, tile in registry.tiles()]
    return page(
        request, "edit", project=project, told=content, sheet=sheet, step=BY_SLUG[step],
        steps=STEPS, base=request.POST.get("base") or version.number, problem=problem, wrong=wrong,
        tiles=tiles, translation=content.translation, status=422 if wrong else 200,
    )  # fmt: skip


def base_of(request: HttpRequest) -> int:
    """The version that the form was made from; -1 fits none."""
    given = request.POST.get("base", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else -1


def _next(request: HttpRequest, project: Project, step: str) -> tuple[str, ...]:
    """Where the button that was pressed leads."""
    if "preview" in request.POST:
        return ("projects:preview", project.token)
    number = str(project.pk)
    if "next" not in request.POST:
        return ("projects-staff:edit", number, step)
    slugs = [one.slug for one in STEPS]
    after = slugs.index(step) + 1
    if after == len(slugs):
        return ("projects-staff:pictures", number)
    return ("projects-staff:edit", number, slugs[after])
