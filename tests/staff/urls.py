"""The staff's pages alone, so that their tests need no other part of the site."""

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpResponse
from django.urls import include, path

from stadtkern.site.staff.admin_site import CityAdmin

handler403 = "stadtkern.kernel.ui.errors.forbidden"
handler404 = "stadtkern.kernel.ui.errors.not_found"


def empty(request, **kwargs):
    return HttpResponse("")


urlpatterns = [
    path("admin/", CityAdmin(name="admin").urls),
    path("", include("stadtkern.kernel.ui.urls")),
    *i18n_patterns(
        path("", empty, name="home"),
        path("places/<uuid:public_id>/", empty, name="place"),
        path("", include("stadtkern.site.staff.urls")),
        prefix_default_language=False,
    ),
]
