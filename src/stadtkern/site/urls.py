"""All addresses of one city: German at the root, English under /en/, programs under /api/."""

from collections.abc import Iterator

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import URLPattern, URLResolver, get_script_prefix, include, path, re_path
from django.utils.functional import lazy
from django.utils.translation import get_language

from stadtkern.kernel import registry
from stadtkern.kernel.contract import System
from stadtkern.kernel.people.access import public
from stadtkern.site import health, robots, sitemap
from stadtkern.site.api import description
from stadtkern.site.api import page as api_page
from stadtkern.site.app import urls as app_urls
from stadtkern.site.boards import pages as board_pages
from stadtkern.site.dashboard import (
    board,
    home,
    listing,
    map_data,
    mine,
    place,
    replay,
    search,
    series_api,
)
from stadtkern.site.dashboard.explore import embed

Pattern = URLPattern | URLResolver

handler400 = "stadtkern.kernel.ui.errors.bad_request"
handler403 = "stadtkern.kernel.ui.errors.forbidden"
handler404 = "stadtkern.kernel.ui.errors.not_found"
handler500 = "stadtkern.kernel.ui.errors.failed"


def segment(system: System, *, other: bool = False) -> str:
    """The first segment of a system's pages in the active language, or in the `other` one."""
    german = (get_language() or settings.LANGUAGE_CODE).startswith("de")
    return (system.path or system.slug) if german != other else system.slug


def _route(system: System, end: str, *, other: bool = False) -> str:
    """A route that is translated when it is matched or reversed."""
    return lazy(lambda: segment(system, other=other) + end, str)()


def public_pages(system: System) -> Iterator[Pattern]:
    """Its pages, and a redirect to them from what they are called in the other language."""
    if "public" not in system.urls:
        return
    yield path(_route(system, "/"), include(system.urls["public"], namespace=system.slug))
    if system.path and system.path != system.slug:
        given = {"slug": system.slug}
        yield path(_route(system, "/", other=True), _to_the_right_name, given)
        yield path(_route(system, "/<path:rest>", other=True), _to_the_right_name, given)


@public
def _to_the_right_name(request: HttpRequest, slug: str, rest: str = "") -> HttpResponse:
    if not registry.is_on(slug):
        raise Http404
    language = get_language() or settings.LANGUAGE_CODE
    prefix = "" if language == settings.LANGUAGE_CODE else f"{language}/"
    where = f"{get_script_prefix()}{prefix}{segment(registry.system(slug))}/{rest}"
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(f"{where}?{query}" if query else where)


def bases() -> Iterator[Pattern]:
    """Where the programs' addresses of each system begin, with and without a slash."""
    for system in registry.installed():
        if "api" in system.urls:
            yield re_path(rf"^api/(?P<slug>{system.slug})/?$", description.base)


def guarded(audience: str, prefix: str) -> Iterator[Pattern]:
    """The staff pages or the programs' addresses of all systems."""
    for system in registry.installed():
        if module := system.urls.get(audience):  # type: ignore[call-overload]
            yield path(
                f"{prefix}/{system.slug}/", include(module, namespace=f"{system.slug}-{audience}")
            )


pages: list[Pattern] = [
    path("", home.home, name="home"),
    path("search/", search.search, name="search"),
    *app_urls.pages_of_app,
    path("dashboard/", board.board, name="dashboard"),
    path("dashboard/list/", listing.listing, name="dashboard-list"),
    path("dashboard/effects/", include("stadtkern.site.dashboard.effects.urls")),
    path("dashboard/explore/", include("stadtkern.site.dashboard.explore.urls")),
    path("dashboard/boards/", include("stadtkern.site.boards.urls")),
    path("dashboard/kiosk/", board_pages.kiosk, name="kiosk"),
    path("dashboard/mine/", mine.page, name="mine"),
    path("embed/chart/", embed.chart, name="embed-chart"),
    path("embed/map/", embed.city_map, name="embed-map"),
    path("dashboard/<slug:theme>/", board.board, name="dashboard-theme"),
    path("places/<uuid:public_id>/", place.page, name="place"),
    path("places/<uuid:public_id>/panel/", place.panel, name="place-panel"),
    path("api/", api_page.page, name="api"),
    path("payments/", include("stadtkern.kernel.payments.urls")),
    path("bookings/", include("stadtkern.kernel.bookings.urls")),
    path("map/layers.json", map_data.layers, name="map-layers"),
    path("map/layers/<str:key>.geojson", map_data.layer, name="map-layer"),
    path("map/replay.json", replay.day, name="map-replay"),
    *guarded("staff", "staff"),
    path("", include("stadtkern.kernel.identity.urls")),
    path("", include("stadtkern.site.staff.urls")),
    *(pattern for system in registry.installed() for pattern in public_pages(system)),
]

urlpatterns: list[Pattern] = [
    path("health/", health.health, name="health"),
    path("metrics", health.metrics, name="metrics"),
    path("robots.txt", robots.robots, name="robots"),
    path("sitemap.xml", sitemap.index, name="sitemap"),
    path("sitemap-<slug:section>.xml", sitemap.file, name="sitemap-file"),
    path("admin/", admin.site.urls),
    path("", include("stadtkern.kernel.ui.urls")),
    path("", include(app_urls)),
    path("map/basemap.geojson", map_data.ground, name="map-ground"),
    re_path(r"^api/openapi\.json/?$", description.openapi, name="api-openapi"),
    re_path(r"^api/series/?$", series_api.data, name="series"),
    path("api/series.csv", series_api.rows, name="series-csv"),
    path("", include("stadtkern.kernel.catalogue.doors.urls", namespace="open_data-doors")),
    path("", include("stadtkern.kernel.catalogue.dcat.urls", namespace="open_data-dcat")),
    path("", include("stadtkern.site.feeds.urls")),
    *guarded("api", "api"),
    *bases(),
    *i18n_patterns(*pages, prefix_default_language=False),
]
