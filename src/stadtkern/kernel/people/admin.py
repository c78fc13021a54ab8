"""Accounts, roles and keys in the admin; passwords and keys are made on the staff pages."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from stadtkern.kernel.people.models import Account, ApiKey, Role

if TYPE_CHECKING:
    Table = admin.ModelAdmin[Any]
else:
    Table = admin.ModelAdmin


class Made(Table):
    """Rows that are made elsewhere, and only changed here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


class LookedAt(Made):
    """Rows that nobody changes or deletes here."""

    show_full_result_count = False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Role)
class RoleAdmin(Table):
    """Roles are the city's to change."""

    list_display = ("slug", "title")
    search_fields = ("slug", "title")


@admin.register(Account)
class AccountAdmin(Made):
    """All about an account but its password."""

    list_display = ("username", "last_name", "first_name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", "roles")
    search_fields = ("username", "first_name", "last_name", "email")
    fields = (
        ("username", "language"),
        ("first_name", "last_name", "email"),
        "roles",
        ("is_active", "is_staff", "is_superuser"),
        ("last_login", "date_joined"),
    )
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ("roles",)


@admin.register(ApiKey)
class ApiKeyAdmin(LookedAt):
    """Keys are made and revoked on the staff pages, which write it down."""

    list_display = ("label", "hint", "owner", "created", "expires", "revoked")
    list_select_related = ("owner",)
    search_fields = ("label", "hint")
