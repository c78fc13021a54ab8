"""The picture of an event: public where the event is, else for who has its preview."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from stadtkern.kernel.people.access import public
from stadtkern.systems.events.models import Event

SIZES = ("large", "small")


@public
@require_safe
def picture(request: HttpRequest, slug: str, size: str) -> HttpResponse:
    """One size of it."""
    if size not in SIZES:
        raise Http404
    found = get_object_or_404(Event.objects.only("state", "token", size), slug=slug)
    is_public = found.state == "public"
    drawn = getattr(found, size)
    if drawn is None or not (is_public or request.GET.get("preview") == found.token):
        raise Http404
    answer = HttpResponse(bytes(drawn), content_type="image/webp")
    answer["Cache-Control"] = "public, max-age=3600" if is_public else "private, no-store"
    return answer
