"""Checks the body of a request and turns its properties into the attributes of a model."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.apps import apps
from django.db import models

from stadtkern.kernel.places.models import Located
from stadtkern.kernel.sensorthings.entities import Entity, Property
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.write import encodings
from stadtkern.kernel.things.models import Datastream

Body = dict[str, Any]
_BIND = ("@odata.bind", "@iot.bind", "@bind")


def model_of(entity: Entity) -> type[models.Model]:
    """The Django model that holds an entity set (Observations have none)."""
    return apps.get_model(entity.model)


def named(entity: Entity, body: Any) -> Body:
    """The body without annotations and what only the server sets.

    Raises Problem (400): it is no object, or names what the entity does not have.
    """
    if not isinstance(body, dict):
        raise Problem(400, f"{entity.singular}: expected a JSON object")
    found: Body = {}
    for name, value in body.items():
        if name.endswith(_BIND) and name.partition("@")[0] in entity.links:
            found[name.partition("@")[0]] = _bound(value)
        if name == "id" or "@" in name:
            continue
        if name not in entity.properties and name not in entity.links:
            known = ", ".join(one for one in [*entity.properties, *entity.links] if one != "id")
            raise Problem(400, f"{entity.singular} has no property '{name}'; it has {known}")
        found[name] = value
    return found


def _bound(value: Any) -> Any:
    """Links told by an annotation (OData 4.0, JSON format, 8.5): their addresses."""
    return [{"@id": one} for one in value] if isinstance(value, list) else {"@id": value}


def attributes(
    entity: Entity, body: Body, *, whole: bool, row: models.Model | None = None
) -> dict[str, Any]:
    """Attributes of the model for the properties in this body; `row` is what there is so far.

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
    if found.keys() & {"encoding", "geometry"} and issubclass(model, Located):
        found.update(_located(entity, found, row))
    return found


def _located(entity: Entity, found: dict[str, Any], row: models.Model | None) -> dict[str, Any]:
    """A location means what its encodingType says, so the two are looked at together."""
    name = next(one.name for one in entity.properties.values() if one.field == "geometry")
    encoding = found.get("encoding", getattr(row, "encoding", ""))
    value = found.get("geometry")
    if "geometry" not in found and isinstance(row, Located):
        value = encodings.shown(row)
    return encodings.located(f"{entity.singular}.{name}", encoding, value)


def _attributes(
    entity: Entity, one: Property, value: Any, model: type[models.Model]
) -> dict[str, Any]:
    where = f"{entity.singular}.{one.name}"
    if one.kind == "unit":
        return unit(where, value)
    field = _field(model, one.field)
    if value is None and one.required:
        raise Problem(400, f"{entity.singular} needs '{one.name}'")
    if value is None:
        return {one.field: field.get_default()}
    checks: dict[str, Callable[[str, Any], Any]] = {
        "text": text,
        "geometry": _geometry,
        "timestamptz": instant,
        "jsonb": _json,
    }
    checked = checks[one.kind](where, value)
    longest = getattr(field, "max_length", None)
    if longest and len(checked) > longest:
        raise Problem(400, f"{where} is longer than {longest} characters")
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


def _geometry(where: str, value: Any) -> Any:
    """An area is a geometry; a location is what its encoding says, and looked at with it."""
    location = where.endswith((".location", ".feature"))
    return value if location else encodings.geometry(where, value)


def _json(where: str, value: Any) -> Any:
    if where.endswith(".properties") and not isinstance(value, dict):
        raise Problem(400, f"{where}: expected a JSON object")
    return value


def unit(where: str, value: Any) -> dict[str, Any]:
    """The columns of a unit of measurement; null where it has none."""
    parts = ("name", "symbol", "definition")
    if not isinstance(value, dict) or set(value) - set(parts):
        raise Problem(400, f"{where}: expected an object with name, symbol and definition")
    found = {f"unit_{part}": value.get(part) for part in parts}
    for name, one in found.items():
        longest = _field(Datastream, name).max_length
        if one is not None and len(text(where, one)) > (longest or 0):
            raise Problem(400, f"{where}: '{one[:20]}..' is longer than {longest} characters")
    return found


def instant(where: str, value: Any) -> datetime:
    """An ISO 8601 instant; UTC where it names no zone."""
    try:
        moment = datetime.fromisoformat(text(where, value).strip())
        if moment.tzinfo is UTC:
            return moment
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
