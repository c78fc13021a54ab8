"""Things and datastreams in the admin; what the store counts is only looked at."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from stadtkern.kernel.people.admin import LookedAt, Table
from stadtkern.kernel.things.models import (
    Datastream,
    Latest,
    MultiDatastream,
    ObservedProperty,
    Sensor,
    Thing,
)


@admin.register(Thing)
class ThingAdmin(Table):
    """Things with the place where they stand."""

    list_display = ("name", "kind", "place")
    list_filter = ("kind",)
    list_select_related = ("place",)
    search_fields = ("name", "place__name")
    raw_id_fields = ("place",)


@admin.register(Datastream)
class DatastreamAdmin(Table):
    """Series with their unit, range and source. To delete one would delete its observations."""

    list_display = ("name", "thing", "observed_property", "unit_symbol", "stale_after")
    list_filter = ("observed_property",)
    list_select_related = ("thing", "observed_property")
    search_fields = ("name", "thing__name")
    raw_id_fields = ("thing",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(MultiDatastream)
class MultiDatastreamAdmin(Table):
    """Series of lists; their components come and change over the API."""

    list_display = ("name", "thing", "public")
    list_filter = ("public",)
    search_fields = ("name", "thing__name")
    list_select_related = ("thing",)
    fields = ("name", "description", "public", "source", "licence", "properties")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Sensor, ObservedProperty)
class DescriptionAdmin(Table):
    """Sensors and observed properties."""

    list_display = ("name", "description")
    search_fields = ("name",)


@admin.register(Latest)
class LatestAdmin(LookedAt):
    """The newest values, as the store wrote them."""

    list_display = ("datastream", "at", "value", "n")
    list_select_related = ("datastream",)
    search_fields = ("datastream__name",)
