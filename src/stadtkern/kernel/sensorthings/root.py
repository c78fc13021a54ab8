"""The service root of 18-088, clause 9.2.1: the entity sets and what of the standard is kept."""

import msgspec

from stadtkern.kernel.sensorthings.answer import Answer
from stadtkern.kernel.sensorthings.entities import ENTITIES
from stadtkern.kernel.sensorthings.live import endpoints

_STANDARD = "http://www.opengis.net/spec/iot_sensing/1.1/req"
CONFORMANCE = [
    f"{_STANDARD}/{one}"
    for one in (
        "datamodel",
        "datamodel/entity-control-information/common-control-information",
        "datamodel/thing/properties",
        "datamodel/thing/relations",
        "datamodel/location/properties",
        "datamodel/location/relations",
        "datamodel/historical-location/properties",
        "datamodel/historical-location/relations",
        "datamodel/datastream/properties",
        "datamodel/datastream/relations",
        "datamodel/sensor/properties",
        "datamodel/sensor/relations",
        "datamodel/observed-property/properties",
        "datamodel/observed-property/relations",
        "datamodel/observation/properties",
        "datamodel/observation/relations",
        "datamodel/feature-of-interest/properties",
        "datamodel/feature-of-interest/relations",
        "resource-path/resource-path-to-entities",
        "request-data/status-code",
        "request-data/query-status-code",
        "request-data/order",
        "request-data/expand",
        "request-data/select",
        "request-data/orderby",
        "request-data/skip",
        "request-data/top",
        "request-data/count",
        "request-data/filter",
        "request-data/built-in-filter-operations",
        "request-data/built-in-query-functions",
        "request-data/pagination",
        "create-update-delete/create-entity",
        "create-update-delete/link-to-existing-entities",
        "create-update-delete/deep-insert",
        "create-update-delete/deep-insert-status-code",
        "create-update-delete/update-entity",
        "create-update-delete/update-entity-put",
        "create-update-delete/update-entity-jsonpatch",
        "create-update-delete/delete-entity",
        "create-update-delete/historical-location-auto-creation",
        "create-update-delete/historical-location-manual-creation",
        "multi-datastream",
        "multi-datastream/properties",
        "multi-datastream/relations",
        "multi-datastream/constraints",
        "batch-request/batch-request",
        "data-array/data-array",
    )
]
# Beyond the standard, as FROST-Server describes it.
_FROST = "https://fraunhoferiosb.github.io/FROST-Server/extensions"
EXTENSIONS = [
    "https://github.com/INSIDE-information-systems/SensorThingsAPI/blob/master/CSV-ResultFormat/"
    "CSV-ResultFormat.md",
    f"{_FROST}/GeoJSON-ResultFormat.html",
]


def root(base: str) -> Answer:
    """The document at the service's address."""
    sets = [{"name": name, "url": f"{base}/{name}"} for name in ENTITIES]
    conformance = [*CONFORMANCE, *endpoints.CONFORMANCE, *EXTENSIONS]
    settings = {"conformance": conformance, **endpoints.settings(base)}
    told = {"value": sets, "serverSettings": settings}
    described = f'<{base}/api>; rel="service-desc"; type="application/vnd.oai.openapi+json"'
    return Answer(status=200, body=[msgspec.json.encode(told)], headers=(("Link", described),))
