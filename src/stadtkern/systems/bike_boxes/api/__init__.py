"""The addresses for programs: open feeds, partners who sell boxes, controllers that open them."""

from pathlib import Path

from django.urls import URLPattern, re_path

from stadtkern.kernel.feeds import described
from stadtkern.systems.bike_boxes.api import controller, feeds, partner

app_name = "bike_boxes-api"
OPENAPI = Path(__file__).with_name("openapi.json")
KEY = r"(?P<public_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
# With and without a slash at the end: no program is sent elsewhere.
urlpatterns: list[URLPattern] = [
    re_path(r"^facilities/?$", feeds.facilities, name="facilities"),
    re_path(r"^facilities\.geojson$", feeds.geojson, name="geojson"),
    re_path(r"^kienzler(?:/index\.php)?/?$", feeds.kienzler, name="kienzler"),
    re_path(r"^parkapi/v3/parking-sites/?$", feeds.parkapi, name="parkapi-v3"),
    re_path(r"^parkapi/v1(?:\.json)?/?$", feeds.parkapi_v1, name="parkapi-v1"),
    re_path(r"^openapi\.json$", described.openapi(OPENAPI, "bike_boxes"), name="openapi"),
    re_path(r"^availability/?$", partner.availability, name="availability"),
    re_path(r"^bookings/?$", partner.book, name="book"),
    re_path(rf"^bookings/{KEY}/?$", partner.booking, name="booking"),
    re_path(rf"^bookings/{KEY}/confirm/?$", partner.confirm, name="confirm"),
    re_path(rf"^bookings/{KEY}/release/?$", partner.release, name="release"),
    re_path(r"^blocks/?$", partner.block, name="block"),
    re_path(r"^changes/?$", partner.changes, name="changes"),
    re_path(r"^controllers/(?P<slug>[-a-z0-9_]+)/sync/?$", controller.sync, name="sync"),
]
