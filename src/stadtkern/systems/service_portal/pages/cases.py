"""The list of one's own cases."""

from typing import Final

from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from stadtkern.kernel.cases.models import Case, Request
from stadtkern.kernel.identity.doors import person, signed_in
from stadtkern.systems.service_portal.pages.door import hidden, page

PER_PAGE: Final = 15
GROUPS: Final = {
    "": _("All"), "todo": _("You are asked"), "running": _("Running"), "drafts": _("Drafts"),
    "ended": _("Finished"),
}  # fmt: skip
TODO: Final = ("draft", "payment", "query")
ENDED: Final = ("decided", "closed", "withdrawn", "expired")


@never_cache
@signed_in
@require_safe
def cases(request: HttpRequest) -> HttpResponseBase:
    """All of them, what one is asked for first; by state and by words."""
    chosen = request.GET.get("state", "")
    words = request.GET.get("q", "").strip()[:80]
    every = Case.objects.of(person(request)).filter(erased=None)
    rows = _searched(_chosen(every, chosen), words).select_related(
        "version__form", "service", "department"
    )  # fmt: skip
    rows = rows.defer("answers_sealed", "version__definition", "version__schema_source")
    rows = rows.annotate(
        unread=Count("messages", filter=Q(messages__direction="out", messages__read=None)),
        asked=Exists(Request.objects.filter(case=OuterRef("pk"), state="open")),
    ).order_by("-asked", "-changed", "-pk")
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return hidden(page(request, "cases", found=found, groups=GROUPS.items(), chosen=chosen,
                       words=words, any=bool(chosen or words)))  # fmt: skip


def _chosen(rows: QuerySet[Case], state: str) -> QuerySet[Case]:
    if state == "todo":
        return rows.filter(state__in=TODO)
    if state == "drafts":
        return rows.filter(state="draft")
    if state == "ended":
        return rows.filter(state__in=ENDED)
    if state == "running":
        return rows.exclude(state__in=(*ENDED, "draft"))
    return rows


def _searched(rows: QuerySet[Case], words: str) -> QuerySet[Case]:
    if not words:
        return rows
    return rows.filter(
        Q(reference__icontains=words) | Q(version__form__title__icontains=words)
        | Q(version__form__title_en__icontains=words)
    )  # fmt: skip
