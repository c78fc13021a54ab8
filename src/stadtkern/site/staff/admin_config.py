"""Names the city's admin before models are loaded, and keeps its deeds in the audit log."""

from typing import Any

from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_save

from stadtkern.kernel import registry


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
