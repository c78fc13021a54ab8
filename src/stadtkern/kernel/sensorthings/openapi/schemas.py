"""Schemas of the entities: as they are read, and as they are sent."""

from typing import Any

from stadtkern.kernel.sensorthings.entities import (
    ENTITIES,
    MULTI_DATASTREAMS,
    Entity,
    Link,
    Property,
)

Schema = dict[str, Any]

_UNIT: Schema = {"$ref": "#/components/schemas/UnitOfMeasurement"}
_KINDS: dict[str, Schema] = {
    "bigint": {"type": "integer", "format": "int64"},
    "text": {"type": "string"},
    "jsonb": {},
    "timestamptz": {"type": ["string", "null"], "format": "date-time"},
    "interval": {
        "type": "string",
        "description": "An instant, or an interval written as two instants with a slash.",
    },
    "result": {"description": "Any JSON value; a number for measurements."},
    "geometry": {"$ref": "#/components/schemas/Geometry"},
    "unit": _UNIT,
}
_NAMED: dict[str, Schema] = {
    "properties": {"type": "object", "additionalProperties": True},
    "parameters": {"type": "object", "additionalProperties": True},
    "unitOfMeasurements": {"type": "array", "items": _UNIT},
    "multiObservationDataTypes": {"type": "array", "items": {"type": "string"}},
    "id": {"type": "integer", "format": "int64", "minimum": 1},
}
# Taken from a body although no single column holds them.
_SENT = {MULTI_DATASTREAMS.name: ("multiObservationDataTypes", "unitOfMeasurements")}


def schemas() -> dict[str, Schema]:
    """All schemas by name: `Thing` as it is read, `ThingToCreate` and `ThingToUpdate` as sent."""
    found: dict[str, Schema] = dict(_COMMON)
    for entity in ENTITIES.values():
        found[entity.singular] = _read(entity)
        found[f"{entity.singular}Page"] = _page(entity)
        found[f"{entity.singular}ToCreate"] = _sent(entity, whole=True)
        found[f"{entity.singular}ToUpdate"] = _sent(entity, whole=False)
    return found


def reference(name: str) -> Schema:
    """A pointer to a schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def property_schema(found: Property) -> Schema:
    """What a property looks like."""
    return dict(_NAMED.get(found.name) or _KINDS[found.kind])


def _read(entity: Entity) -> Schema:
    fields: dict[str, Schema] = {
        "@iot.id": _NAMED["id"],
        "@iot.selfLink": {"type": "string", "format": "uri"},
    }
    for one in entity.properties.values():
        if one.name != "id":
            fields[one.name] = property_schema(one)
    for link in entity.links.values():
        fields.update(_link(link))
    return {"type": "object", "title": entity.singular, "properties": fields}


def _link(link: Link) -> dict[str, Schema]:
    target = reference(ENTITIES[link.target].singular)
    address: Schema = {"type": "string", "format": "uri"}
    if not link.many:
        return {f"{link.name}@iot.navigationLink": address, link.name: target}
    return {
        f"{link.name}@iot.navigationLink": address,
        f"{link.name}@iot.nextLink": address,
        f"{link.name}@iot.count": {"type": "integer"},
        link.name: {"type": "array", "items": target},
    }


def _page(entity: Entity) -> Schema:
    return {
        "type": "object",
        "required": ["value"],
        "properties": {
            "@iot.count": {"type": "integer", "description": "With $count=true."},
            "@iot.nextLink": {
                "type": "string",
                "format": "uri",
                "description": "The next page; missing on the last one.",
            },
            "value": {"type": "array", "items": reference(entity.singular)},
        },
    }


def _sent(entity: Entity, *, whole: bool) -> Schema:
    """Links go by id, or on creating as entities of their own (deep insert)."""
    fields = {p.name: property_schema(p) for p in entity.properties.values() if _taken(entity, p)}
    for link in entity.links.values():
        fields[link.name] = _linked(link, whole=whole)
    required = [p.name for p in entity.properties.values() if p.required and p.name in fields]
    found: Schema = {"type": "object", "properties": fields}
    return {**found, "required": required} if whole and required else found


def _taken(entity: Entity, one: Property) -> bool:
    if one.name in _SENT.get(entity.name, ()):
        return True
    return one.writable and one.name != "id"


def _linked(link: Link, *, whole: bool) -> Schema:
    choices = [reference("EntityReference")]
    if whole:
        choices.append(reference(f"{ENTITIES[link.target].singular}ToCreate"))
    one: Schema = {"anyOf": choices} if whole else choices[0]
    return {"type": "array", "items": one} if link.many else one


_COMMON: dict[str, Schema] = {
    "Problem": {
        "type": "object",
        "description": "Why a request was refused; `message` says which part of it, and where.",
        "required": ["code", "type", "message"],
        "properties": {
            "code": {"type": "integer", "description": "The HTTP status."},
            "type": {"type": "string", "const": "error"},
            "message": {"type": "string"},
            "option": {"type": "string", "description": "The option that is wrong."},
            "position": {"type": "integer", "description": "Where in it, from 1."},
            "near": {"type": "string", "description": "What stands there."},
        },
        "examples": [
            {"code": 400, "type": "error", "message": "$filter, position 1: Thing has no property"}
        ],
    },
    "EntityReference": {
        "type": "object",
        "description": "An entity that exists already.",
        "required": ["@iot.id"],
        "properties": {"@iot.id": _NAMED["id"]},
    },
    "EntityLink": {
        "type": "object",
        "description": "The address of an entity.",
        "properties": {
            "@iot.id": _NAMED["id"],
            "@iot.selfLink": {"type": "string", "format": "uri"},
        },
    },
    "References": {
        "type": "object",
        "required": ["value"],
        "properties": {
            "@iot.count": {"type": "integer"},
            "@iot.nextLink": {"type": "string", "format": "uri"},
            "value": {"type": "array", "items": {"$ref": "#/components/schemas/EntityLink"}},
        },
    },
    "UnitOfMeasurement": {
        "type": "object",
        "required": ["name", "symbol", "definition"],
        "properties": {
            name: {"type": ["string", "null"]} for name in ("name", "symbol", "definition")
        },
    },
    "Geometry": {
        "description": "A GeoJSON geometry or feature in WGS 84, or what encodingType says.",
        "examples": [{"type": "Point", "coordinates": [7.22, 51.54]}],
    },
    "JsonPatch": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["op", "path"],
            "properties": {
                "op": {"enum": ["add", "remove", "replace", "move", "copy", "test"]},
                "path": {"type": "string"},
                "from": {"type": "string"},
                "value": {},
            },
        },
    },
    "DataArray": {
        "type": "object",
        "description": "Observations of one datastream as lists of their values.",
        "properties": {
            "Datastream@iot.navigationLink": {"type": "string", "format": "uri"},
            "components": {"type": "array", "items": {"type": "string"}},
            "dataArray@iot.count": {"type": "integer"},
            "dataArray": {"type": "array", "items": {"type": "array"}},
        },
    },
    "DataArrayToCreate": {
        "type": "object",
        "required": ["Datastream", "components", "dataArray"],
        "properties": {
            "Datastream": {"$ref": "#/components/schemas/EntityReference"},
            "components": {
                "type": "array",
                "items": {"type": "string"},
                "examples": [["phenomenonTime", "result", "FeatureOfInterest/id"]],
            },
            "dataArray@iot.count": {"type": "integer"},
            "dataArray": {"type": "array", "items": {"type": "array"}},
        },
    },
    "DataArrays": {
        "type": "object",
        "properties": {
            "@iot.nextLink": {"type": "string", "format": "uri"},
            "value": {"type": "array", "items": {"$ref": "#/components/schemas/DataArray"}},
        },
    },
    "Aggregates": {
        "type": "object",
        "required": ["aggregate", "value"],
        "properties": {
            "@iot.nextLink": {"type": "string", "format": "uri"},
            "aggregate": {
                "type": "object",
                "properties": {
                    "interval": {"type": "string"},
                    "timeZone": {"type": "string"},
                    "suspect": {"type": "boolean"},
                    "Datastreams": {"type": "array", "items": {"type": "object"}},
                },
            },
            "value": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["Datastream@iot.id", "start", "end"],
                    "properties": {
                        "Datastream@iot.id": {"type": "integer"},
                        "start": {"type": "string", "format": "date-time"},
                        "end": {"type": "string", "format": "date-time"},
                        "count": {"type": "integer"},
                    },
                    "additionalProperties": {"type": ["number", "null"]},
                },
            },
        },
    },
}
