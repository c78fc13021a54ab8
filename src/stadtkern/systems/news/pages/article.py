"""An article, the same as a preview, and its picture."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from stadtkern.kernel import registry
from stadtkern.kernel.people.access import public
from stadtkern.kernel.ui.structured import script
from stadtkern.systems.news.models import Article

SIZES = ("large", "small")


@public
@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """What everybody may read."""
    one = get_object_or_404(Article.objects.public().light(), slug=slug)
    more = Article.objects.public().light().filter(theme=one.theme).exclude(pk=one.pk)[:3]
    address = request.build_absolute_uri(request.path)
    return render(request, "news/article.html", {
        "one": one, "more": more, "address": address, "json_ld": script(_schema(one, address)),
    })  # fmt: skip


def _schema(one: Article, address: str) -> dict[str, Any]:
    return {
        "@type": "NewsArticle",
        "@id": f"urn:uuid:{one.public_id}",
        "headline": one.heading,
        "url": address,
        "datePublished": one.begins.isoformat(),
        "dateModified": one.changed.isoformat(),
        "expires": one.ends.isoformat() if one.ends else "",
        "publisher": {"@type": "GovernmentOrganization", "name": registry.city().city.name},
    }


@public
@require_safe
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """How it will look, for whoever has the link; no search engine keeps it."""
    one = get_object_or_404(Article.objects.light(), token=token)
    answer = render(request, "news/article.html", {"one": one, "preview": True})
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex"
    return answer


@public
@require_safe
def picture(request: HttpRequest, slug: str, size: str) -> HttpResponse:
    """One size of it: public where the article is, else for who has its preview."""
    if size not in SIZES:
        raise Http404
    found = get_object_or_404(Article.objects.only("token", size), slug=slug)
    is_public = Article.objects.public().filter(pk=found.pk).exists()
    drawn = getattr(found, size)
    if drawn is None or not (is_public or request.GET.get("preview") == found.token):
        raise Http404
    answer = HttpResponse(bytes(drawn), content_type="image/webp")
    answer["Cache-Control"] = "public, max-age=3600" if is_public else "private, no-store"
    return answer
