"""Places in the admin; areas and landmarks come by import and are only looked at."""

from django.contrib import admin

from stadtkern.kernel.people.admin import LookedAt, Table
from stadtkern.kernel.places.models import Area, Landmark, Place


@admin.register(Place)
class PlaceAdmin(Table):
    """Places, found by name and kind."""

    list_display = ("name", "kind", "street", "town", "invented")
    list_filter = ("kind", "invented")
    search_fields = ("name", "name_en", "street")
    raw_id_fields = ("parent",)
    readonly_fields = ("public_id", "west", "south", "east", "north", "created")


@admin.register(Area, Landmark)
class ImportedAdmin(LookedAt):
    """What an import brought, the next import would overwrite."""

    list_display = ("name", "kind", "key", "source")
    list_filter = ("kind",)
    search_fields = ("name", "key")
