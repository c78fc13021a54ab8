"""The staff's pages and the city's admin, whatever admin the settings name."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from stadtkern.site.staff.admin_site import CityAdmin

handler403 = "stadtkern.kernel.ui.errors.forbidden"

city_admin = CityAdmin(name="admin")
for model, made in admin.site._registry.items():
    city_admin.register(model, type(made))

urlpatterns = [
    path("admin/", city_admin.urls),
    path("", include("stadtkern.kernel.ui.urls")),
    *i18n_patterns(
        path("", include("stadtkern.site.staff.urls")), prefix_default_language=False
    ),
]
