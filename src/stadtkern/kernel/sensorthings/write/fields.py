"""Checks the body of a request and turns its properties into the attributes of a model."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.apps import apps
from django.db import models
from shapely.errors import ShapelyError
from shapely.geometry import shape

from stadtkern.kernel.places.models import box_of
from stadtkern.kernel.sensorthings.entities import Entity, Property
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.things.models import Datastream

Body = dict[str, Any]
_GEOJSON = re.compile(r"application/(vnd\.)?(geo\+)?json")


def model_of(entity: Entity) -> type[models.Model]:
    """The Django model that holds an entity set (Observations have none)."""
    return apps.get_model(entity.model)


def named(entity: Entity, body: Any) -> Body:
    """The body without annotations and what only the server sets.

    Raises Problem (400): it is no object, or names what the entity does not have.
    """
    if not isinstance(body, dict):
        raise Problem(400, f"{entity.singular}: expected a JSON object")
    found = {}
    for name, value in body.items():
        if name == "id" or "@" in name:
            continue
        if name not in entity.properties and name not in entity.links:
            known = ", ".join(one for one in [*entity.properties, *entity.links] if one != "id")
            raise Problem(400, f"{entity.singular} has no property '{name}'; it has {known}")
        found[name] = value
    return found


def attributes(entity: Entity, body: Body, *, whole: bool) -> dict[str, Any]:
    """Attributes of the model for the properties in this body.

    `whole`: required ones must be there, the others fall back to their default.
    Raises Problem (400): one is missing or does not fit.
    """
    found: dict[str, Any] = {}
    model = model_of(entity)
    for one in entity.properties.values():
        if not one.writable:
            continue
        if one.name in body:
            found.update(_attributes(entity, one, body[one.name], model))
        elif whole and one.required:
            raise Problem(400, f"{entity.singular} needs '{one.name}'")
        elif whole:
            found[one.field] = _field(model, one.field).get_default()
    return found


def _attributes(
    entity: Entity, one: Property, value: Any, model: type[models.Model]
) -> dict[str, Any]:
    where = f"{entity.singular}.{one.name}"
    if one.kind == "unit":
        return _unit(where, value)
    field = _field(model, one.field)
    if value is None and not one.required:
        return {one.field: field.get_default()}
    checks: dict[str, Callable[[str, Any], Any]] = {
        "text": text,
        "geometry": geometry,
        "timestamptz": instant,
        "jsonb": _json,
    }
    checked = checks[one.kind](where, value)
    longest = getattr(field, "max_length", None)
    if longest and len(checked) > longest:
        raise Problem(400, f"{where} is longer than {longest} characters")
    if one.name == "encodingType" and "geometry" in [p.kind for p in entity.properties.values()]:
        _check_encoding(where, checked)
    return {one.field: checked}


def _field(model: type[models.Model], name: str) -> "models.Field[Any, Any]":
    field = model._meta.get_field(name)
    if not isinstance(field, models.Field):
        raise TypeError(f"{name} is no column")
    return field


def text(where: str, value: Any) -> str:
    """A string as it is."""
    if not isinstance(value, str):
        raise Problem(400, f"{where}: expected a string")
    return value


def _json(where: str, value: Any) -> Any:
    if where.endswith(".properties") and not isinstance(value, dict):
        raise Problem(400, f"{where}: expected a JSON object")
    return value


def _unit(where: str, value: Any) -> dict[str, Any]:
    parts = ("name", "symbol", "definition")
    if not isinstance(value, dict) or set(value) - set(parts):
        raise Problem(400, f"{where}: expected an object with name, symbol and definition")
    found = {f"unit_{part}": value.get(part) for part in parts}
    for name, one in found.items():
        longest = _field(Datastream, name).max_length
        if one is not None and len(text(where, one)) > (longest or 0):
            raise Problem(400, f"{where}: '{one[:20]}..' is longer than {longest} characters")
    return found


def _check_encoding(where: str, value: str) -> None:
    if not _GEOJSON.fullmatch(value):
        raise Problem(400, f"{where}: only application/geo+json is stored, found '{value[:60]}'")


def geometry(where: str, value: Any) -> Any:
    """A GeoJSON geometry in WGS 84; of a Feature, its geometry.

    Raises Problem (400): it is none, or does not lie on earth.
    """
    if isinstance(value, dict) and value.get("type") == "Feature":
        value = value.get("geometry")
    try:
        if not isinstance(value, dict) or shape(value).is_empty:
            raise Problem(400, f"{where}: expected a GeoJSON geometry")
        west, south, east, north = box_of(value)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, ShapelyError):
        raise Problem(400, f"{where}: expected a GeoJSON geometry") from None
    on_earth = (
        west is not None
        and south is not None
        and east is not None
        and north is not None
        and -180 <= west <= east <= 180
        and -90 <= south <= north <= 90
    )
    if not on_earth:
        raise Problem(400, f"{where}: longitude and latitude in degrees, in this order")
    return value


def instant(where: str, value: Any) -> datetime:
    """An ISO 8601 instant; UTC where it names no zone."""
    try:
        moment = datetime.fromisoformat(text(where, value).strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Problem(400, f"{where}: expected an ISO 8601 time, found '{value[:60]}'") from None


def period(where: str, value: Any) -> tuple[datetime, datetime | None]:
    """An instant, or an interval `start/end`."""
    first, slash, second = text(where, value).partition("/")
    start = instant(where, first)
    end = instant(where, second) if slash else None
    if end is not None and end < start:
        raise Problem(400, f"{where}: the interval ends before it begins")
    return start, end


def loaded(value: Any) -> Any:
    """JSON of the database as Python; Django's connection hands it over as text."""
    return msgspec.json.decode(value) if isinstance(value, str) else value
