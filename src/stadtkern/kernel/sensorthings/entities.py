"""The entity sets of 18-088 as tables: what each property and link is in SQL."""

from dataclasses import replace

from stadtkern.kernel.sensorthings.shape import INSTANT, INTERVAL, document, entity_set
from stadtkern.kernel.sensorthings.shape import Entity as Entity
from stadtkern.kernel.sensorthings.shape import Link as Link
from stadtkern.kernel.sensorthings.shape import Property as Property
from stadtkern.kernel.sensorthings.shape import geometry as _geometry
from stadtkern.kernel.sensorthings.shape import instant as _instant
from stadtkern.kernel.sensorthings.shape import many as _many
from stadtkern.kernel.sensorthings.shape import one as _one
from stadtkern.kernel.sensorthings.shape import period as _period
from stadtkern.kernel.sensorthings.shape import text as _text

_UNIT = (
    "jsonb_build_object('name', {a}.unit_name, 'symbol', {a}.unit_symbol,"
    " 'definition', {a}.unit_definition)"
)
_QUALITY = (
    "coalesce({a}.extra -> 'resultQuality', case {a}.quality when 1 then '\"estimated\"'::jsonb"
    " when 2 then '\"suspect\"'::jsonb when 3 then '\"invalid\"'::jsonb end)"
)
# The grade in a word, whatever a `resultQuality` looks like, and of those that have none.
_FLAG = "to_jsonb((array['good', 'estimated', 'suspect', 'invalid'])[{a}.quality + 1])"
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
# Few, if any: asked once a statement and then looked up per row.
_OF_MULTI = "{a}.datastream_id in (select m.id from things_datastream m where m.multi)"
_BOX = (
    "jsonb_build_object('type', 'Polygon', 'coordinates', jsonb_build_array(jsonb_build_array("
    "jsonb_build_array({b}.west, {b}.south), jsonb_build_array({b}.east, {b}.south),"
    " jsonb_build_array({b}.east, {b}.north), jsonb_build_array({b}.west, {b}.north),"
    " jsonb_build_array({b}.west, {b}.south))))"
)
# The same as text, which takes a sixth of the time.
_BOX_TEXT = (
    "concat('{\"type\": \"Polygon\", \"coordinates\": [[[', {b}.west, ', ', {b}.south, '], [',"
    " {b}.east, ', ', {b}.south, '], [', {b}.east, ', ', {b}.north, '], [',"
    " {b}.west, ', ', {b}.north, '], [', {b}.west, ', ', {b}.south, ']]]}')"
)


def _area(given: str, box: str) -> str:
    """Where no area was given: the box of the features observed.

    Without a feature, an observation was made where its thing stands.
    """
    return (
        f"coalesce({given}, case when {{a}}.west is not null then "  # noqa: S608  constants of ours
        + box.replace("{b}", "{a}")
        + " when {a}.first_at is not null then (select "
        + box.replace("{b}", "p")
        + " from things_thing t join places_place p on p.id = t.place_id"
        " where t.id = {a}.thing_id and p.west is not null) end)"
    )


def _places(table: str, column: str) -> Link:
    """Where a row stands: at its place and, told in other encodings, at further ones."""
    return Link(
        name="Locations",
        target="Locations",
        many=True,
        near=("{a}.place_id", "{a}.id"),
        columns=("place_id", "id"),
        condition="{far}.id = any (array_append(array("  # noqa: S608  constants of ours
        f"select f.place_id from {table} f where f.{column} = {{1}}), {{0}}))",
    )


def _standing(name: str, rows: str, table: str, column: str) -> Link:
    """What stands at a place, be it told so by its own column or in another encoding."""
    return Link(
        name=name,
        target=name,
        many=True,
        near=("{a}.id",),
        columns=("id",),
        condition=f"{{far}}.id = any (array(select s.id from {rows} s where s.place_id = {{0}}"  # noqa: S608  constants of ours
        f" union all select f.{column} from {table} f where f.place_id = {{0}}))",
    )


def _streams(multi: str, more: str = "") -> str:
    """Datastreams with what the store keeps of them."""
    return (
        "(select d.*, l.first_at, greatest(l.at, l.until) as last_at, l.result_first,"  # noqa: S608  constants of ours
        f" l.result_last, l.west, l.south, l.east, l.north{more} from things_datastream d"
        f" left join things_latest l on l.datastream_id = d.id where {multi})"
    )


def _components(value: str, alias: str = "{a}") -> str:
    """A list with this value of each component of a MultiDatastream."""
    return (
        f"(select jsonb_agg({value} order by c.position) from things_component c"  # noqa: S608  constants of ours
        f" where c.datastream_id = {alias}.id)"
    )


def _list(name: str, value: str) -> Property:
    found = _components(value)
    return Property(
        name=name,
        kind="jsonb",
        columns=("id", "components"),
        value=found,
        text=f"{found}::text",
        required=True,
        apart=True,
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


_OBSERVED_AREA = Property(
    name="observedArea",
    kind="geometry",
    columns=("area", "first_at", "thing_id", "west", "south", "east", "north"),
    value=_area("{a}.area", _BOX),
    text=_area("{a}.area::text", _BOX_TEXT),
    field="area",
    sparse=True,
)

THINGS = entity_set(
    "Things",
    "Thing",
    "things.Thing",
    "things_thing",
    _text("name"),
    _text("description"),
    document("properties"),
    _places("things_representation", "thing_id"),
    _many("HistoricalLocations", "HistoricalLocations", "thing_id"),
    _many("Datastreams", "Datastreams", "thing_id"),
    _many("MultiDatastreams", "MultiDatastreams", "thing_id"),
)
LOCATIONS = entity_set(
    "Locations",
    "Location",
    "places.Place",
    "(select id, name, about as description, encoding, geometry, described, properties,"
    " west, south, east, north"
    " from places_place where geometry is not null or described is not null)",
    _text("name"),
    _text("description", field="about"),
    _text("encodingType", "encoding"),
    _geometry("location"),
    document("properties"),
    _standing("Things", "things_thing", "things_representation", "thing_id"),
    _standing(
        "HistoricalLocations",
        "things_historicallocation",
        "things_historicallocation_also",
        "historicallocation_id",
    ),
)
HISTORICAL_LOCATIONS = entity_set(
    "HistoricalLocations",
    "HistoricalLocation",
    "things.HistoricalLocation",
    "things_historicallocation",
    _instant("time", "time", required=True),
    _one("Thing", "Things", "thing_id"),
    _places("things_historicallocation_also", "historicallocation_id"),
)
DATASTREAMS = entity_set(
    "Datastreams",
    "Datastream",
    "things.Datastream",
    _streams("not d.multi"),
    _text("name"),
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
    _OBSERVED_AREA,
    _period("phenomenonTime", "first_at", "last_at"),
    _period("resultTime", "result_first", "result_last"),
    document("properties"),
    _one("Thing", "Things", "thing_id"),
    _one("Sensor", "Sensors", "sensor_id"),
    _one("ObservedProperty", "ObservedProperties", "observed_property_id"),
    _many("Observations", "Observations", "datastream_id"),
)
MULTI_DATASTREAMS = entity_set(
    "MultiDatastreams",
    "MultiDatastream",
    "things.MultiDatastream",
    _streams("d.multi", ", " + _components("to_jsonb(c) - 'id'", "d") + " as components"),
    _text("name"),
    _text("description"),
    # Always the same, so it is not taken from a body.
    replace(_text("observationType", "observation_type"), field=""),
    _list("multiObservationDataTypes", "c.observation_type"),
    _list("unitOfMeasurements", _UNIT.replace("{a}", "c")),
    _OBSERVED_AREA,
    _period("phenomenonTime", "first_at", "last_at"),
    _period("resultTime", "result_first", "result_last"),
    document("properties"),
    _one("Thing", "Things", "thing_id"),
    _one("Sensor", "Sensors", "sensor_id"),
    Link(
        name="ObservedProperties",
        target="ObservedProperties",
        many=True,
        near=("{a}.id",),
        columns=("id",),
        condition="{far}.id in (select c.observed_property_id from things_component c"
        " where c.datastream_id = {0})",
        ranked="things_component {far}r on {far}r.datastream_id = {0}"
        " and {far}r.observed_property_id = {far}.id",
    ),
    _many("Observations", "Observations", "datastream_id"),
)
SENSORS = entity_set(
    "Sensors",
    "Sensor",
    "things.Sensor",
    "things_sensor",
    _text("name"),
    _text("description"),
    _text("encodingType", "encoding"),
    document("metadata", required=True),
    document("properties"),
    _many("Datastreams", "Datastreams", "sensor_id"),
    _many("MultiDatastreams", "MultiDatastreams", "sensor_id"),
)
OBSERVED_PROPERTIES = entity_set(
    "ObservedProperties",
    "ObservedProperty",
    "things.ObservedProperty",
    "things_observedproperty",
    _text("name"),
    _text("definition"),
    _text("description"),
    document("properties"),
    _many("Datastreams", "Datastreams", "observed_property_id"),
    replace(
        _many("MultiDatastreams", "MultiDatastreams", "id"),
        condition="{far}.id in (select c.datastream_id from things_component c"
        " where c.observed_property_id = {0})",
    ),
)
OBSERVATIONS = entity_set(
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
        + INSTANT.format("{a}.at")
        + " else "
        + INTERVAL.format("{a}.at", "{a}.until")
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
    _instant("resultTime", "result_time"),
    Property(
        name="resultQuality",
        kind="jsonb",
        columns=("extra", "quality"),
        value=_QUALITY,
        text=f"({_QUALITY})::text",
        field="extra",
        sparse=True,
        part=("flag", _FLAG),
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
    _one("Datastream", "Datastreams", "datastream_id", shown=f"not {_OF_MULTI}"),
    _one("MultiDatastream", "MultiDatastreams", "datastream_id", shown=_OF_MULTI),
    Link(
        name="FeatureOfInterest",
        target="FeaturesOfInterest",
        many=False,
        near=(_FEATURE,),
        columns=("foi_id", "datastream_id"),
        condition="{far}.id = {0}",
    ),
)
FEATURES = entity_set(
    "FeaturesOfInterest",
    "FeatureOfInterest",
    "things.FeatureOfInterest",
    "things_featureofinterest",
    _text("name"),
    _text("description"),
    _text("encodingType", "encoding"),
    _geometry("feature"),
    document("properties"),
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
        MULTI_DATASTREAMS,
        SENSORS,
        OBSERVED_PROPERTIES,
        OBSERVATIONS,
        FEATURES,
    )
}
