"""The staff's pages alone, so that their tests need no other part of the site."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.http import HttpResponse
from django.urls import include, path

from stadtkern.site.staff.admin_site import CityAdmin

handler403 = "stadtkern.kernel.ui.errors.forbidden"
handler404 = "stadtkern.kernel.ui.errors.not_found"


def empty(request, **kwargs):
    return HttpResponse("")


city_admin = CityAdmin(name="admin")
for model, made in admin.site._registry.items():
    city_admin.register(model, type(made))

urlpatterns = [
    path("admin/", city_admin.urls),
    path("", include("stadtkern.kernel.ui.urls")),
    *i18n_patterns(
        path("", empty, name="home"),
        path("places/<uuid:public_id>/", empty, name="place"),
        path("", include("stadtkern.site.staff.urls")),
        prefix_default_language=False,
    ),
]
