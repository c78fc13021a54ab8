"""The eight entity sets of 18-088 as tables: what each property and link is in SQL."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["bigint", "text", "jsonb", "timestamptz", "interval", "result", "geometry", "unit"]

# In every template {a} stands for the alias of the entity's row.
_INSTANT = "left(to_json({} at time zone 'UTC')::text, -1) || 'Z\"'"
_INTERVAL = (
    "left(to_json({} at time zone 'UTC')::text, -1) || 'Z/'"
    " || substr(left(to_json({} at time zone 'UTC')::text, -1), 2) || 'Z\"'"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Property:
    """A property: `value` (and `end`) for filters and order, `text` for the answer's JSON."""

    name: str
    kind: Kind
    columns: tuple[str, ...]
    value: str
    text: str
    end: str = ""
    order: tuple[str, ...] = ()
    field: str = ""
    required: bool = False
    sparse: bool = False

    @property
    def writable(self) -> bool:
        """Whether a client may set it; the others are kept by the server and ignored in a body."""
        return bool(self.field)


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A navigation property; in `condition`, {far} is the target's alias, {0} the first `near`."""

    name: str
    target: str
    many: bool
    near: tuple[str, ...]
    columns: tuple[str, ...]
    condition: str

    @property
    def to_key(self) -> bool:
        """Whether the first near value is the target's id, so that no join is needed for it."""
        return self.condition == "{far}.id = {0}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entity:
    """An entity set: where its rows come from, its properties and links by name."""

    name: str
    singular: str
    model: str
    source: str
    properties: dict[str, Property]
    links: dict[str, Link]


def _entity(name: str, singular: str, model: str, source: str, *parts: Property | Link) -> Entity:
    properties = {p.name: p for p in (_id(), *parts) if isinstance(p, Property)}
    links = {p.name: p for p in parts if isinstance(p, Link)}
    return Entity(
        name=name,
        singular=singular,
        model=model,
        source=source,
        properties=properties,
        links=links,
    )


def _id() -> Property:
    return Property(name="id", kind="bigint", columns=("id",), value="{a}.id", text="{a}.id::text")


def _text(name: str, column: str = "", *, field: str = "", required: bool = False) -> Property:
    column = column or name
    return Property(
        name=name,
        kind="text",
        columns=(column,),
        value=f"{{a}}.{column}",
        text=f"to_json({{a}}.{column})::text",
        field=field or column,
        required=required,
    )


def _json(name: str, column: str = "", *, required: bool = False) -> Property:
    column = column or name
    return Property(
        name=name,
        kind="jsonb",
        columns=(column,),
        value=f"{{a}}.{column}",
        text=f"{{a}}.{column}::text",
        field=column,
        required=required,
    )


def _geometry(name: str) -> Property:
    return Property(
        name=name,
        kind="geometry",
        columns=("geometry",),
        value="{a}.geometry",
        text="{a}.geometry::text",
        field="geometry",
        required=True,
    )


def _time(name: str, column: str, *, field: str = "") -> Property:
    return Property(
        name=name,
        kind="timestamptz",
        columns=(column,),
        value=f"{{a}}.{column}",
        text=_INSTANT.format(f"{{a}}.{column}"),
        field=field,
    )


def _extra(name: str) -> Property:
    """A property of an Observation that lies in its `extra`, shown where it is set."""
    return Property(
        name=name,
        kind="jsonb",
        columns=("extra",),
        value=f"({{a}}.extra -> '{name}')",
        text=f"({{a}}.extra -> '{name}')::text",
        field="extra",
        sparse=True,
    )


def _one(name: str, target: str, column: str) -> Link:
    return Link(
        name=name,
        target=target,
        many=False,
        near=(f"{{a}}.{column}",),
        columns=(column,),
        condition="{far}.id = {0}",
    )


def _many(name: str, target: str, column: str, *, near: str = "id") -> Link:
    return Link(
        name=name,
        target=target,
        many=True,
        near=(f"{{a}}.{near}",),
        columns=(near,),
        condition=f"{{far}}.{column} = {{0}}",
    )


_UNIT = (
    "jsonb_build_object('name', {a}.unit_name, 'symbol', {a}.unit_symbol,"
    " 'definition', {a}.unit_definition)"
)
_QUALITY = (
    "coalesce({a}.extra -> 'resultQuality', case {a}.quality when 1 then '\"estimated\"'::jsonb"
    " when 2 then '\"suspect\"'::jsonb when 3 then '\"invalid\"'::jsonb end)"
)
# An observation that names no feature was made where its thing stands.
_FEATURE = (
    "coalesce({a}.foi_id, (select f.id from things_featureofinterest f"
    " join things_thing t on t.place_id = f.place_id"
    " join things_datastream d on d.thing_id = t.id where d.id = {a}.datastream_id))"
)
_OF_FEATURE = (
    "({far}.foi_id = {0} or ({far}.foi_id is null and {far}.datastream_id = any (array("
    "select d.id from things_datastream d join things_thing t on t.id = d.thing_id"
    " where t.place_id = {1}))))"
)

THINGS = _entity(
    "Things",
    "Thing",
    "things.Thing",
    "things_thing",
    _text("name", required=True),
    _text("description"),
    _json("properties"),
    _many("Locations", "Locations", "id", near="place_id"),
    _many("HistoricalLocations", "HistoricalLocations", "thing_id"),
    _many("Datastreams", "Datastreams", "thing_id"),
)
LOCATIONS = _entity(
    "Locations",
    "Location",
    "places.Place",
    "(select id, name, about as description, encoding, geometry, properties"
    " from places_place where geometry is not null)",
    _text("name", required=True),
    _text("description", field="about"),
    _text("encodingType", "encoding"),
    _geometry("location"),
    _json("properties"),
    _many("Things", "Things", "place_id"),
    _many("HistoricalLocations", "HistoricalLocations", "place_id"),
)
HISTORICAL_LOCATIONS = _entity(
    "HistoricalLocations",
    "HistoricalLocation",
    "things.HistoricalLocation",
    "things_historicallocation",
    _time("time", "time", field="time"),
    _one("Thing", "Things", "thing_id"),
    _many("Locations", "Locations", "id", near="place_id"),
)
DATASTREAMS = _entity(
    "Datastreams",
    "Datastream",
    "things.Datastream",
    "(select d.*, l.first_at, l.at as last_at"
    " from things_datastream d left join things_latest l on l.datastream_id = d.id)",
    _text("name", required=True),
    _text("description"),
    _text("observationType", "observation_type"),
    Property(
        name="unitOfMeasurement",
        kind="unit",
        value=_UNIT,
        text=f"{_UNIT}::text",
        field="unit",
        columns=("unit_name", "unit_symbol", "unit_definition"),
        required=True,
    ),
    Property(
        name="observedArea",
        kind="geometry",
        columns=(),
        value="null::jsonb",
        text="null::text",
        sparse=True,
    ),
    Property(
        name="phenomenonTime",
        kind="interval",
        columns=("first_at", "last_at"),
        value="{a}.first_at",
        end="{a}.last_at",
        order=("{a}.first_at", "{a}.last_at"),
        text=_INTERVAL.format("{a}.first_at", "{a}.last_at"),
        sparse=True,
    ),
    Property(
        name="resultTime",
        kind="interval",
        columns=(),
        value="null::timestamptz",
        end="null::timestamptz",
        order=("null::timestamptz",),
        text="null::text",
        sparse=True,
    ),
    _json("properties"),
    _one("Thing", "Things", "thing_id"),
    _one("Sensor", "Sensors", "sensor_id"),
    _one("ObservedProperty", "ObservedProperties", "observed_property_id"),
    _many("Observations", "Observations", "datastream_id"),
)
SENSORS = _entity(
    "Sensors",
    "Sensor",
    "things.Sensor",
    "things_sensor",
    _text("name", required=True),
    _text("description"),
    _text("encodingType", "encoding"),
    _json("metadata"),
    _json("properties"),
    _many("Datastreams", "Datastreams", "sensor_id"),
)
OBSERVED_PROPERTIES = _entity(
    "ObservedProperties",
    "ObservedProperty",
    "things.ObservedProperty",
    "things_observedproperty",
    _text("name", required=True),
    _text("definition"),
    _text("description"),
    _json("properties"),
    _many("Datastreams", "Datastreams", "observed_property_id"),
)
OBSERVATIONS = _entity(
    "Observations",
    "Observation",
    "",
    "things_observation",
    Property(
        name="phenomenonTime",
        kind="interval",
        columns=("at", "until"),
        value="{a}.at",
        end="{a}.until",
        order=("{a}.at",),
        field="at",
        text="case when {a}.until is null then "
        + _INSTANT.format("{a}.at")
        + " else "
        + _INTERVAL.format("{a}.at", "{a}.until")
        + " end",
    ),
    Property(
        name="result",
        kind="result",
        columns=("value", "other"),
        value="{a}.value",
        end="{a}.other",
        order=("{a}.value", "{a}.other"),
        field="result",
        required=True,
        text="coalesce({a}.value::text, {a}.other::text)",
    ),
    _time("resultTime", "result_time", field="result_time"),
    Property(
        name="resultQuality",
        kind="jsonb",
        columns=("extra", "quality"),
        value=_QUALITY,
        text=f"({_QUALITY})::text",
        field="extra",
        sparse=True,
    ),
    Property(
        name="validTime",
        kind="interval",
        columns=("extra",),
        field="extra",
        sparse=True,
        value="split_part({a}.extra ->> 'validTime', '/', 1)::timestamptz",
        end="split_part({a}.extra ->> 'validTime', '/', 2)::timestamptz",
        order=("split_part({a}.extra ->> 'validTime', '/', 1)::timestamptz",),
        text="({a}.extra -> 'validTime')::text",
    ),
    _extra("parameters"),
    _one("Datastream", "Datastreams", "datastream_id"),
    Link(
        name="FeatureOfInterest",
        target="FeaturesOfInterest",
        many=False,
        near=(_FEATURE,),
        columns=("foi_id", "datastream_id"),
        condition="{far}.id = {0}",
    ),
)
FEATURES = _entity(
    "FeaturesOfInterest",
    "FeatureOfInterest",
    "things.FeatureOfInterest",
    "things_featureofinterest",
    _text("name", required=True),
    _text("description"),
    _text("encodingType", "encoding"),
    _geometry("feature"),
    _json("properties"),
    Link(
        name="Observations",
        target="Observations",
        many=True,
        columns=("id", "place_id"),
        near=("{a}.id", "{a}.place_id"),
        condition=_OF_FEATURE,
    ),
)

ENTITIES = {
    one.name: one
    for one in (
        THINGS,
        LOCATIONS,
        HISTORICAL_LOCATIONS,
        DATASTREAMS,
        SENSORS,
        OBSERVED_PROPERTIES,
        OBSERVATIONS,
        FEATURES,
    )
}
