"""What the values of facets are called."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.catalogue import vocabulary
from stadtkern.kernel.catalogue.models import Publisher

Text = str | Promise

TITLES: Final[Mapping[str, Text]] = {
    "theme": _("Theme"),
    "has": _("What there is"),
    "format": _("Format"),
    "rhythm": _("How often it is renewed"),
    "licence": _("Licence"),
    "publisher": _("Who publishes it"),
    "hvd": _("High-value data of the EU"),
    "origin": _("Where it comes from"),
}
HAS: Final[Mapping[str, Text]] = {
    "map": _("with a map"), "live": _("with live values"), "table": _("with a table"),
}  # fmt: skip
ORIGINS: Final[Mapping[str, Text]] = {
    "declared": _("straight from a system of the city"),
    "uploaded": _("published by staff"),
    "harvested": _("from another catalogue"),
}
FORMATS: Final[Mapping[str, str]] = {
    "XLSX": "Excel", "XLS": "Excel (XLS)", "GEOJSON": "GeoJSON", "GPKG": "GeoPackage",
    "PARQUET": "Parquet", "SHP": "Shapefile", "JSONLD": "JSON-LD",
}  # fmt: skip
KNOWN: Final[Mapping[str, Mapping[str, Text]]] = {
    "theme": vocabulary.THEMES, "has": HAS, "format": FORMATS, "rhythm": vocabulary.RHYTHMS,
    "hvd": vocabulary.HVD, "origin": ORIGINS,
    "licence": {key: one.title for key, one in vocabulary.LICENCES.items()},
}  # fmt: skip


def label_of(facet: str, value: str, publishers: Mapping[str, str] | None = None) -> str:
    """A value in words; as it is where nobody has named it."""
    names = (publishers or {}) if facet == "publisher" else KNOWN[facet]
    return str(names.get(value, value))


def publisher_names() -> dict[str, str]:
    """All publishers by slug."""
    return dict(Publisher.objects.values_list("slug", "name"))
