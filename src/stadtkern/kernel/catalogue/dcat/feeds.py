"""What changed, as Atom (RFC 4287): in the whole catalogue, and in one dataset."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from stadtkern.kernel import registry
from stadtkern.kernel.catalogue.dcat import address
from stadtkern.kernel.catalogue.dcat.nodes import fit
from stadtkern.kernel.catalogue.models import Dataset, Version
from stadtkern.kernel.people.access import public

MOST = 100


@public
@require_safe
@cache_control(public=True, max_age=60)
def catalogue(request: HttpRequest) -> HttpResponse:
    """The datasets that changed last, the newest first; `?lang=en` in English."""
    site, language = address.base(request), _language(request)
    with override(language):
        feed = Atom1Feed(
            title=_("Open data of %(city)s") % {"city": registry.city().city.name},
            link=address.portal(site, language), description=_("Datasets that are new or changed"),
            language=language, feed_url=site + request.get_full_path(),
        )  # fmt: skip
        for one in Dataset.objects.published().order_by("-modified", "-id")[:MOST]:
            feed.add_item(
                title=fit(one.name), link=address.page_of(site, one.slug, language),
                description=fit(one.description), unique_id=address.dataset_iri(site, one.slug),
                pubdate=one.issued, updateddate=one.modified, categories=list(map(fit, one.tags)),
            )  # fmt: skip
    return _written(feed)


@public
@require_safe
@cache_control(public=True, max_age=60)
def dataset(request: HttpRequest, slug: str) -> HttpResponse:
    """The versions of a dataset's tables and files, the newest first."""
    known = get_object_or_404(Dataset.objects.published(), slug=slug)
    site, language = address.base(request), _language(request)
    with override(language):
        page, iri = address.page_of(site, slug, language), address.dataset_iri(site, slug)
        feed = Atom1Feed(
            title=fit(known.name), link=page, description=fit(known.description), language=language,
            feed_url=site + request.get_full_path(),
        )  # fmt: skip
        for version in _versions(known):
            feed.add_item(
                title=_("%(name)s, version %(number)s")
                % {"name": fit(version.resource.name), "number": version.number},
                link=page, description=fit(version.note) or _rows(version),
                unique_id=f"{iri}#{version.resource.slug}-v{version.number}",
                pubdate=version.created, updateddate=version.created,
            )  # fmt: skip
        if not feed.items:
            feed.add_item(
                title=fit(known.name), link=page, description=fit(known.description),
                unique_id=iri, pubdate=known.issued, updateddate=known.modified,
            )  # fmt: skip
    return _written(feed)


def _versions(known: Dataset) -> list[Version]:
    rows = Version.objects.filter(resource__dataset=known, staged=False).select_related("resource")
    return list(rows.order_by("-created", "-id")[:MOST])


def _rows(version: Version) -> str:
    return _("%(rows)s rows") % {"rows": version.rows} if version.fields else ""


def _language(request: HttpRequest) -> str:
    return "en" if request.GET.get("lang") == "en" else "de"


def _written(feed: Atom1Feed) -> HttpResponse:
    answer = HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml")
    answer["Access-Control-Allow-Origin"] = "*"
    return answer
