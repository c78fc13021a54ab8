"""Django's admin for what has no page of its own: for superusers alone, behind our own log-in."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import registry


class CityAdmin(AdminSite):
    """The admin in the city's name. Its own log-in page would know no limit of attempts."""

    index_title = _("All tables")

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and bool(getattr(request.user, "is_superuser", False))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        title = registry.city().title
        return {**super().each_context(request), "site_header": title, "site_title": title}

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    login.audience = "public"  # type: ignore[attr-defined]
