"""What an entity set is made of: its properties and links, each with what it is in SQL."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["bigint", "text", "jsonb", "timestamptz", "interval", "result", "geometry", "unit"]

# In every template {a} stands for the alias of the entity's row.
INSTANT = "left(to_json({} at time zone 'UTC')::text, -1) || 'Z\"'"
INTERVAL = (
    "left(to_json({} at time zone 'UTC')::text, -1) || 'Z/'"
    " || substr(left(to_json({} at time zone 'UTC')::text, -1), 2) || 'Z\"'"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Property:
    """A property: `value` (and `end`) for filters and order, `text` for the answer's JSON.

    `end` is an interval's end, a result that is no number, or a geometry as it is shown.
    """

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
    # What lies under a name inside, where it is more than JSON alone tells: (name, SQL).
    part: tuple[str, str] = ("", "")
    # Taken from a body together with others of it (write/multi.py).
    apart: bool = False

    @property
    def writable(self) -> bool:
        """Whether it is set from a body by itself."""
        return bool(self.field)


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A navigation property; in `condition`, {far} is the target's alias, {0} the first `near`.

    `ranked` joins, as {far}r, the rows whose `position` orders the collection, in which an entity
    may stand more than once. `shown` says for which rows the link exists at all.
    """

    name: str
    target: str
    many: bool
    near: tuple[str, ...]
    columns: tuple[str, ...]
    condition: str
    ranked: str = ""
    shown: str = ""

    @property
    def to_key(self) -> bool:
        """Whether the first near value is the target's id, so that no join is needed for it."""
        return self.condition == "{far}.id = {0}" and not self.shown


@dataclass(frozen=True, kw_only=True, slots=True)
class Entity:
    """An entity set: where its rows come from, its properties and links by name."""

    name: str
    singular: str
    model: str
    source: str
    properties: dict[str, Property]
    links: dict[str, Link]


def entity_set(
    name: str, singular: str, model: str, source: str, *parts: Property | Link
) -> Entity:
    """An entity set of these properties, after its id, and links."""
    identity = Property(
        name="id", kind="bigint", columns=("id",), value="{a}.id", text="{a}.id::text"
    )
    properties = {p.name: p for p in (identity, *parts) if isinstance(p, Property)}
    links = {p.name: p for p in parts if isinstance(p, Link)}
    return Entity(
        name=name,
        singular=singular,
        model=model,
        source=source,
        properties=properties,
        links=links,
    )


def text(name: str, column: str = "", *, field: str = "", required: bool = True) -> Property:
    """A string; `field` is the model's name of the column where it has another."""
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


def document(name: str, *, required: bool = False) -> Property:
    """Any JSON."""
    return Property(
        name=name,
        kind="jsonb",
        columns=(name,),
        value=f"{{a}}.{name}",
        text=f"{{a}}.{name}::text",
        field=name,
        required=required,
    )


def geometry(name: str) -> Property:
    """A GeoJSON geometry to search by; shown as it came, be it in another encoding."""
    return Property(
        name=name,
        kind="geometry",
        columns=("geometry", "described"),
        value="{a}.geometry",
        end="coalesce({a}.described, {a}.geometry)",
        text="coalesce({a}.described, {a}.geometry)::text",
        field="geometry",
        required=True,
    )


def instant(name: str, column: str, *, required: bool = False) -> Property:
    """An instant."""
    return Property(
        name=name,
        kind="timestamptz",
        columns=(column,),
        value=f"{{a}}.{column}",
        text=INSTANT.format(f"{{a}}.{column}"),
        field=column,
        required=required,
    )


def period(name: str, first: str, last: str) -> Property:
    """An interval that the store keeps, shown where there is one."""
    start, end = f"{{a}}.{first}", f"{{a}}.{last}"
    return Property(
        name=name,
        kind="interval",
        columns=(first, last),
        value=start,
        end=end,
        order=(start, end),
        text=INTERVAL.format(start, end),
        sparse=True,
    )


def one(name: str, target: str, column: str, *, shown: str = "") -> Link:
    """A link to the one entity with the id in this column."""
    return Link(
        name=name,
        target=target,
        many=False,
        near=(f"{{a}}.{column}",),
        columns=(column,),
        condition="{far}.id = {0}",
        shown=shown,
    )


def many(name: str, target: str, column: str, *, near: str = "id") -> Link:
    """A link to the entities in whose column the `near` one stands."""
    return Link(
        name=name,
        target=target,
        many=True,
        near=(f"{{a}}.{near}",),
        columns=(near,),
        condition=f"{{far}}.{column} = {{0}}",
    )
