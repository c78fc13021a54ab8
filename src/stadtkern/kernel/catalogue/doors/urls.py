"""Addresses of the doors, below the root; programs' addresses answer with and without a slash."""

from django.urls import URLPattern, path, re_path

from stadtkern.kernel.catalogue.doors.door import door

app_name = "doors"
TABLE = r"(?P<dataset>[-\w]+)/(?P<resource>[-\w]+)"
NAME = r"(?P<name>[-\w]+)"
TILE = r"(?P<z>\d{1,2})/(?P<x>\d{1,8})/(?P<y>\d{1,8})"
POST = ("GET", "HEAD", "POST")


def _api(
    route: str, view: str, name: str, methods: tuple[str, ...] = ("GET", "HEAD")
) -> URLPattern:
    return re_path(rf"^api/{route}/?$", door(view, methods), name=name)


urlpatterns: list[URLPattern] = [
    path("data/files/<slug:dataset>/<slug:resource>.<slug:ending>", door("files.pages.file"),
         name="file"),
    path("data/files/<slug:dataset>/<slug:resource>/original", door("files.pages.original"),
         name="original"),
    path("data/files/<slug:dataset>/<slug:resource>/original/<int:number>",
         door("files.pages.original"), name="original"),
    _api("tables", "tabular.pages.tables", "tables"),
    _api(r"tables/openapi\.json", "tabular.openapi.document", "tables-openapi"),
    _api(TABLE.join(("tables/", "")), "tabular.pages.rows", "table"),
    _api(TABLE.join(("tables/", "/schema")), "tabular.pages.schema", "schema"),
    _api(r"3/action/(?P<action>\w+)", "ckan.pages.action", "ckan", POST),
    _api(r"(?:[12]/)?action/(?P<action>\w+)", "ckan.pages.action", "ckan-short", POST),
    _api("features", "features.pages.landing", "features"),
    _api("features/conformance", "features.pages.conformance", "conformance"),
    _api("features/api", "features.openapi.document", "features-openapi"),
    _api("features/collections", "features.pages.collections", "collections"),
    _api(f"features/collections/{NAME}", "features.pages.collection", "collection"),
    _api(f"features/collections/{NAME}/queryables", "features.pages.queryables", "queryables"),
    _api(f"features/collections/{NAME}/sortables", "features.pages.sortables", "sortables"),
    _api(f"features/collections/{NAME}/items", "features.items.items", "items"),
    _api(f"features/collections/{NAME}/items/(?P<number>[^/]+)", "features.items.item", "item"),
    _api("tiles", "tiles.pages.tilesets", "tilesets"),
    _api(f"tiles/{NAME}", "tiles.pages.tileset", "tileset"),
    _api(rf"tiles/{NAME}/{TILE}\.(?:mvt|pbf)", "tiles.pages.tile", "tile"),
]  # fmt: skip
