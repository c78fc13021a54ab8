"""Deletes an entity with what cannot be without it (18-088, table 25)."""

from collections.abc import Callable, Sequence

from django.db import connection
from django.db.models import Model, Q

from stadtkern.kernel.places.models import Place
from stadtkern.kernel.sensorthings.entities import (
    DATASTREAMS,
    LOCATIONS,
    MULTI_DATASTREAMS,
    OBSERVATIONS,
    OBSERVED_PROPERTIES,
    SENSORS,
    THINGS,
    Entity,
)
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.write import links, moves, observations
from stadtkern.kernel.sensorthings.write.fields import model_of
from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import (
    Datastream,
    FeatureOfInterest,
    ObservedProperty,
    Sensor,
)


def remove(entity: Entity, number: int) -> None:
    """Delete an entity.

    Raises Problem: no such entity (404), the city's systems need it (409).
    """
    if entity is OBSERVATIONS:
        observations.remove(number)
        return
    row = None
    if entity is LOCATIONS:
        moves.hold(number)
    if links.exists(entity, number):
        row = model_of(entity)._default_manager.select_for_update().filter(pk=number).first()
    if row is None:
        raise Problem(404, f"there is no such {entity.singular}")
    _check(row)
    hold(entity, [number])
    _clear(row)
    row.delete()


def hold(entity: Entity, numbers: Sequence[int]) -> None:
    """Wait for those who write to datastreams that go with these entities.

    They lock the latest rows in the same order, so nobody waits in a circle.
    """
    if entity.name not in _STREAMS:
        return
    streams = Datastream.everything.filter(_STREAMS[entity.name](numbers))
    with connection.cursor() as cursor:
        cursor.execute(
            "select from things_latest where datastream_id = any (%s)"
            " order by datastream_id for update",
            [list(streams.values_list("pk", flat=True))],
        )


_STREAMS: dict[str, Callable[[Sequence[int]], Q]] = {
    THINGS.name: lambda numbers: Q(thing__in=numbers),
    DATASTREAMS.name: lambda numbers: Q(pk__in=numbers),
    MULTI_DATASTREAMS.name: lambda numbers: Q(pk__in=numbers),
    SENSORS.name: lambda numbers: Q(sensor__in=numbers),
    OBSERVED_PROPERTIES.name: lambda numbers: (
        Q(observed_property__in=numbers) | Q(components__observed_property__in=numbers)
    ),
}


def _check(row: Model) -> None:
    """What a city system declared is not for a sensor's program to delete."""
    if isinstance(row, ObservedProperty) and row.slug:
        raise Problem(409, f"the ObservedProperty '{row.slug}' is declared by a city system")
    if isinstance(row, Place) and (row.kind or row.children.exists()):
        raise Problem(409, "this Location is a place of a city system")


def _clear(row: Model) -> None:
    """Let go first what would be in the way."""
    match row:
        case Sensor():
            _delete_streams(SENSORS, row)
        case ObservedProperty():
            _delete_streams(OBSERVED_PROPERTIES, row)
        case FeatureOfInterest():
            store.delete("foi_id = %s", [row.pk])
        case Place():
            moves.vacate(row)


def _delete_streams(entity: Entity, row: Model) -> None:
    found = Datastream.everything.filter(_STREAMS[entity.name]([row.pk]))
    Datastream.everything.filter(pk__in=list(found.values_list("pk", flat=True))).delete()
