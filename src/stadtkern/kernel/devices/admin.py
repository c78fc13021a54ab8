"""Devices, profiles and uplinks in the admin; uplinks are evidence and are only looked at."""

from django.contrib import admin

from stadtkern.kernel.devices.models import Device, Profile, Uplink
from stadtkern.kernel.people.admin import LookedAt, Made


@admin.register(Profile)
class ProfileAdmin(Made):
    """Profiles; the codec is changed on its staff page, which tries it and keeps its versions."""

    list_display = ("title", "vendor", "model", "version", "thing_kind")
    search_fields = ("slug", "title", "vendor", "model")
    readonly_fields = ("slug", "codec", "version", "sensor", "thing_kind")


@admin.register(Device)
class DeviceAdmin(Made):
    """Devices; a new one is made on its staff page, together with its thing."""

    list_display = ("name", "dev_eui", "profile", "last_seen", "problem")
    list_filter = ("profile",)
    list_select_related = ("profile",)
    search_fields = ("name", "dev_eui")
    raw_id_fields = ("thing",)
    readonly_fields = ("dev_eui", "last_seen", "battery", "rssi", "snr", "problem", "created")


@admin.register(Uplink)
class UplinkAdmin(LookedAt):
    """Messages as they came in."""

    list_display = ("received", "dev_eui", "outcome", "reason")
    list_filter = ("outcome",)
