"""MQTT topics of 18-088, clauses 13.2 and 13.3: addresses below `v1.1/`, with options."""

from dataclasses import dataclass
from string import printable
from urllib.parse import quote

from stadtkern.kernel.sensorthings.entities import ENTITIES, OBSERVATIONS
from stadtkern.kernel.sensorthings.parse.options import Options, parse_options
from stadtkern.kernel.sensorthings.parse.path import Resource, Step, parse_path
from stadtkern.kernel.sensorthings.problem import Problem

PREFIX = "v1.1/"
STREAMS = ("Datastreams", "MultiDatastreams")
_FITTING = ("$select", "$filter", "$expand")


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    """What somebody wants to hear of; `group` is alike for topics that one statement can serve."""

    text: str
    resource: Resource
    options: Options
    query: str

    @property
    def entity(self) -> str:
        """The entity set whose changes it tells."""
        return self.resource.last.entity.name

    @property
    def stream(self) -> int | None:
        """The datastream, where it is the observations of one."""
        steps = self.resource.steps
        plain = len(steps) == 2 and self.resource.last.entity is OBSERVATIONS
        if plain and steps[1].id is None and steps[0].entity.name in STREAMS:
            return steps[0].id
        return None

    @property
    def multi(self) -> bool:
        """Whether `stream` is a MultiDatastream."""
        return self.resource.steps[0].entity.name == "MultiDatastreams"

    @property
    def simple(self) -> bool:
        """Whether ids alone tell what belongs to it: a whole set, one entity, one datastream."""
        return len(self.resource.steps) == 1 or self.stream is not None

    @property
    def shared(self) -> Resource:
        """The address whose JSON serves all simple topics of the same `group`."""
        return Resource(steps=(Step(entity=self.resource.last.entity),), field=self.resource.field)

    @property
    def group(self) -> tuple[str, str, str]:
        """Simple topics of one group are served by one statement."""
        return self.entity, self.resource.field, self.query

    @property
    def question(self) -> object:
        """Alike for topics that one statement can answer."""
        return self.group if self.simple else self.text


def parse_topic(text: str) -> Topic:
    """The topic with this name.

    Raises Problem: nothing is ever told under it.
    """
    if not text.startswith(PREFIX):
        raise Problem(404, f"topics begin with {PREFIX}")
    path, _, query = text.removeprefix(PREFIX).partition("?")
    resource = parse_path(path)
    if resource.raw or resource.ref or resource.inside:
        raise Problem(400, "topics name entities and whole properties, not $value or $ref")
    # A topic may hold any character as it is, a query string only some.
    return topic_of(text, resource, quote(query, safe=printable).encode())


def topic_of(text: str, resource: Resource, query: bytes) -> Topic:
    """The topic of an address with these options.

    Raises Problem (400): an option does not fit.
    """
    options = parse_options(query)
    fitting = Options(filter=options.filter, select=options.select, expand=options.expand)
    if options != fitting or (resource.field and options != Options()):
        raise Problem(400, f"only {', '.join(_FITTING)} fit what is told as it changes")
    return Topic(text=text, resource=resource, options=options, query=query.decode())


def creates(text: str) -> Resource:
    """The address to which a message under this topic posts an Observation.

    Raises Problem (404): nothing can be created there.
    """
    resource = parse_path(text.removeprefix(PREFIX))
    of = resource.steps[0]
    fits = resource.many and resource.last.entity is OBSERVATIONS and len(resource.steps) <= 2
    if not fits or (len(resource.steps) == 2 and of.id is None):
        raise Problem(404, "Observations are created under v1.1/Observations or below a Datastream")
    return resource


def properties_changed(entity: str, columns: frozenset[str]) -> set[str]:
    """The properties that read one of these columns of the entity's table.

    Those that share the column `extra` stand for themselves.
    """
    found = ENTITIES[entity].properties.values()
    return {one.name for one in found if columns & {*one.columns, one.field, one.name}}
