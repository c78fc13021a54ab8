"""The addresses for programs: providers of apps, and programs of officers."""

from pathlib import Path

from django.urls import URLPattern, re_path

from stadtkern.kernel.feeds import described
from stadtkern.systems.parking_tickets.api import (
    enforcement,
    listing,
    machines,
    parkings,
    permits,
    selling,
)

app_name = "parking_tickets-api"
OPENAPI = Path(__file__).with_name("openapi.json")
KEY = r"(?P<public_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
NUMBER = r"(?P<number>[0-9]{1,18})"
BOTH, SELL, LOOK = r"^(?:operator|enforcement)/v1", r"^operator/v1", r"^enforcement/v1"
# With and without a slash at the end: no program is sent elsewhere.
urlpatterns: list[URLPattern] = [
    re_path(r"^openapi\.json$", described.openapi(OPENAPI, "parking_tickets"), name="openapi"),
    re_path(rf"{SELL}/enforcement_domain/?$", listing.domains, name="domains"),
    re_path(rf"{SELL}/payment_zone/?$", listing.zones, name="zones"),
    re_path(rf"{SELL}/permit_area/?$", listing.areas, name="areas"),
    re_path(rf"{SELL}/parking/?$", parkings.parkings, name="parkings"),
    re_path(rf"{SELL}/parking/{KEY}/?$", parkings.parking, name="parking"),
    re_path(rf"{SELL}/parking/{KEY}/extend/?$", selling.extend, name="extend"),
    re_path(rf"{SELL}/parking/{KEY}/shorten/?$", selling.shorten, name="shorten"),
    re_path(rf"{SELL}/parking/{KEY}/stop/?$", selling.stop, name="stop"),
    re_path(rf"{SELL}/quote/?$", selling.quote, name="quote"),
    re_path(rf"{BOTH}/permitseries/?$", permits.series_list, name="series-list"),
    re_path(rf"{BOTH}/permitseries/{NUMBER}/?$", permits.series, name="series"),
    re_path(rf"{BOTH}/permitseries/{NUMBER}/activate/?$", permits.activate, name="activate"),
    re_path(rf"{BOTH}/permit/?$", permits.permit_list, name="permits"),
    re_path(rf"{BOTH}/permit/{NUMBER}/?$", permits.permit, name="permit"),
    re_path(r"^operator/v1/activepermit/?$", permits.active_list, name="active-permits"),
    re_path(r"^operator/v1/activepermit/(?P<external_id>[^/]+)/?$", permits.active,
            name="active-permit"),
    re_path(rf"{LOOK}/active_permit_by_external_id/?$", permits.active_list),
    re_path(rf"{LOOK}/active_permit_by_external_id/(?P<external_id>[^/]+)/?$", permits.active),
    re_path(rf"{LOOK}/check_parking/?$", enforcement.check_parking, name="check-parking"),
    re_path(rf"{LOOK}/valid_parking/?$", enforcement.valid_parking, name="valid-parking"),
    re_path(rf"{LOOK}/valid_permit(?:_item)?/?$", enforcement.valid_permit, name="valid-permit"),
    re_path(rf"{LOOK}/operator/?$", enforcement.operators, name="providers"),
    re_path(rf"{LOOK}/operator/{KEY}/?$", enforcement.operator, name="provider"),
    re_path(r"^machines/(?P<number>[^/]{1,12})/tickets/?$", machines.tickets, name="tickets"),
    re_path(r"^machines/(?P<number>[^/]{1,12})/state/?$", machines.state, name="machine-state"),
    re_path(r"^(?:operator|enforcement)/v1(?:/.*)?$", listing.nothing),
]  # fmt: skip
