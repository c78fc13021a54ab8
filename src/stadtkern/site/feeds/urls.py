"""The promised addresses of shared standards; programs' addresses answer with and without slash."""

from django.urls import URLPattern, re_path

from stadtkern.site.feeds import afir, curbs, gbfs, overview, parking, signs
from stadtkern.site.feeds.door import GEOJSON, JSON, XML, View
from stadtkern.site.feeds.ocpi import credentials
from stadtkern.site.feeds.ocpi import views as ocpi
from stadtkern.site.feeds.writers import (
    datex2_light,
    datex2_v2,
    datex2_v3,
    geojson,
    parkapi_v3,
    siri_fm,
)


def api(route: str, view: View, name: str, **given: str) -> URLPattern:
    """An address below `/api/`."""
    return re_path(rf"^api/{route}/?$", view, given, name=f"feeds-{name}")


urlpatterns: list[URLPattern] = [
    api(r"parkapi/v1(?:\.json)?", parking.lots, "parkapi-v1"),
    api("parkapi/v1/bikes", parking.lots, "parkapi-v1-bikes", purpose="BIKE"),
    api(r"parkapi/v1/(?P<city>[^/]+)", parking.lots, "parkapi-v1-city"),
    api("parkapi/v3/parking-sites", parking.sites, "parkapi-v3"),
    api("parkapi/v3/parking-sites/(?P<uid>[-\\w]+)", parking.one_site, "parkapi-v3-site"),
    api("parkapi/v3/parking-spots", parking.spots, "parkapi-v3-spots"),
    api("parkapi/v3/sources", parking.view(parkapi_v3.sources, JSON), "parkapi-v3-sources"),
    api(r"parkapi/sites\.geojson", parking.view(geojson.sites, GEOJSON), "parking-geojson"),
    api(r"parkapi/curbs\.geojson", parking.view(geojson.curbs, GEOJSON), "parking-curbs"),
    api(r"parkapi/closures\.atom", parking.closures, "parking-closures"),
    api("datex2/v2/parking-table", parking.view(datex2_v2.table, XML, purpose="CAR"),
        "datex2-v2-table"),
    api("datex2/v2/parking-status", parking.view(datex2_v2.status, XML, purpose="CAR"),
        "datex2-v2-status"),
    api("datex2/v3/parking-table", parking.view(datex2_v3.table, XML, purpose="CAR"),
        "datex2-v3-table"),
    api("datex2/v3/parking-status", parking.view(datex2_v3.status, XML, purpose="CAR"),
        "datex2-v3-status"),
    api(r"datex2/v3/parking-light(?:\.json)?", parking.view(datex2_light.light, JSON,
        purpose="CAR"), "datex2-light"),
    api("datex2/v3/vms-table", signs.table, "datex2-vms-table"),
    api("datex2/v3/vms-status", signs.status, "datex2-vms-status"),
    api("curbs/zones", curbs.zones, "curbs-zones"),
    api("curbs/policies", curbs.policies, "curbs-policies"),
    api("curbs/(?P<kind>zones|policies)/(?P<uid>[-0-9a-fA-F]{36})", curbs.one, "curbs-one"),
    api("curbs/(?P<kind>areas|spaces)", curbs.missing, "curbs-missing"),
    api("siri-fm", parking.view(siri_fm.availability, XML, purpose="CAR"), "siri-fm"),
    api("datex2/recharging/table", afir.table, "afir-table"),
    api("datex2/recharging/status", afir.status, "afir-status"),
    api(r"gbfs/manifest(?:\.json)?", gbfs.manifest, "gbfs-manifest"),
    api(r"gbfs/(?P<name>\w+)\.json", gbfs.one, "gbfs"),
    api(r"gbfs/(?P<fleet>[-\w]+)/(?P<name>\w+)\.json", gbfs.one, "gbfs-fleet"),
    api("ocpi/versions", ocpi.versions, "ocpi-versions"),
    api(r"ocpi/2\.2\.1", ocpi.details, "ocpi-details"),
    api(r"ocpi/2\.2\.1/credentials", credentials.credentials, "ocpi-credentials"),
    api(r"ocpi/2\.2\.1/locations", ocpi.locations, "ocpi-locations"),
    api(r"ocpi/2\.2\.1/locations/(?P<location>[-\w]+)", ocpi.one, "ocpi-location"),
    api(r"ocpi/2\.2\.1/locations/(?P<location>[-\w]+)/(?P<evse>[-\w]+)", ocpi.one, "ocpi-evse"),
    api(r"ocpi/2\.2\.1/locations/(?P<location>[-\w]+)/(?P<evse>[-\w]+)/(?P<connector>[-\w]+)",
        ocpi.one, "ocpi-connector"),
    api(r"ocpi/2\.2\.1/tariffs", ocpi.tariffs, "ocpi-tariffs"),
    api(r"ocpi/2\.2\.1/sessions", ocpi.sessions, "ocpi-sessions"),
    api(r"ocpi/2\.2\.1/cdrs", ocpi.cdrs, "ocpi-cdrs"),
    api("feeds", overview.index, "index"),
    api(r"feeds/openapi\.json", overview.openapi, "openapi"),
]  # fmt: skip
