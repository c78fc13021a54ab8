"""A picture: public where a public project shows it, else for those who write projects."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from stadtkern.kernel.people.access import public
from stadtkern.kernel.people.models import Account
from stadtkern.systems.projects.models import Picture, Project

SIZES = ("large", "small")


@public
@require_safe
def picture(request: HttpRequest, key: UUID, size: str) -> HttpResponse:
    """One size of it. The bytes behind an address never change."""
    if size not in SIZES:
        raise Http404
    rows = Picture.objects.only("project", size)
    found = get_object_or_404(rows, key=key)
    shown = Project.objects.public().filter(
        pk=found.project_id, published__content__pictures__contains=[{"picture": str(key)}]
    )
    open_to_all = shown.exists()
    if not (open_to_all or _may_preview(request, found)):
        raise Http404
    answer = HttpResponse(bytes(getattr(found, size)), content_type="image/webp")
    # A project can be withdrawn, so caches ask again after an hour.
    answer["Cache-Control"] = "public, max-age=3600" if open_to_all else "private, no-store"
    return answer


def _may_preview(request: HttpRequest, found: Picture) -> bool:
    """Who writes projects, and who has the link of the preview."""
    person, token = request.user, request.GET.get("preview", "")
    if isinstance(person, Account) and person.is_staff and person.may("projects.edit"):
        return True
    return bool(token) and Project.objects.filter(pk=found.project_id, token=token).exists()
