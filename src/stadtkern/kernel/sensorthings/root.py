"""The service root of 18-088, clause 9.2.1: the entity sets and what of the standard is kept."""

import msgspec

from stadtkern.kernel.sensorthings.answer import Answer
from stadtkern.kernel.sensorthings.entities import ENTITIES

_STANDARD = "http://www.opengis.net/spec/iot_sensing/1.1/req"
CONFORMANCE = [
    f"{_STANDARD}/{one}"
    for one in (
        "datamodel",
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
        "request-data/pagination",
        "create-update-delete/create-entity",
        "create-update-delete/link-to-existing-entities",
        "create-update-delete/deep-insert",
        "create-update-delete/deep-insert-status-code",
        "create-update-delete/update-entity",
        "create-update-delete/update-entity-put",
        "create-update-delete/delete-entity",
        "create-update-delete/historical-location-auto-creation",
        "create-update-delete/historical-location-manual-creation",
    )
]


def root(base: str) -> Answer:
    """The document at the service's address."""
    sets = [{"name": name, "url": f"{base}/{name}"} for name in ENTITIES]
    told = {"value": sets, "serverSettings": {"conformance": CONFORMANCE}}
    return Answer(status=200, body=[msgspec.json.encode(told)])
