"""Django's admin for what has no page of its own: for superusers alone, behind our own log-in."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models.signals import post_save
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


class CityAdminConfig(AdminConfig):
    """Stands in INSTALLED_APPS in place of `django.contrib.admin`."""

    default_site = "stadtkern.site.staff.admin_site.CityAdmin"

    def ready(self) -> None:
        super().ready()
        post_save.connect(_note, sender="admin.LogEntry", dispatch_uid="staff.admin_audit")


def _note(sender: Any, instance: Any, **_signal: Any) -> None:
    """What somebody does in the admin stands in the audit log too, in the same transaction."""
    deed = {1: "admin.create", 2: "admin.change", 3: "admin.delete"}[instance.action_flag]
    target = f"{instance.content_type}:{instance.object_id}"
    registry.resolve("stadtkern.kernel.audit.models.record")(
        instance.user, deed, target[:200], change=instance.get_change_message()
    )
