"""Deletes an entity with what cannot be without it (18-088, table 25)."""

from django.db.models import Model

from stadtkern.kernel.places.models import Place
from stadtkern.kernel.sensorthings.entities import OBSERVATIONS, Entity
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.write import links, observations
from stadtkern.kernel.sensorthings.write.fields import model_of
from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import FeatureOfInterest, ObservedProperty, Sensor


def remove(entity: Entity, number: int) -> None:
    """Delete an entity.

    Raises Problem: no such entity (404), the city's systems need it (409).
    """
    if entity is OBSERVATIONS:
        observations.remove(number)
        return
    if not links.exists(entity, number):
        raise Problem(404, f"there is no such {entity.singular}")
    row = model_of(entity)._default_manager.get(pk=number)
    _check(row)
    if isinstance(row, Sensor | ObservedProperty):
        row.datastreams.all().delete()
    if isinstance(row, FeatureOfInterest):
        store.delete("foi_id = %s", [number])
    row.delete()


def _check(row: Model) -> None:
    """What a city system declared is not for a sensor's program to delete."""
    if isinstance(row, ObservedProperty) and row.slug:
        raise Problem(409, f"the ObservedProperty '{row.slug}' is declared by a city system")
    if isinstance(row, Place) and (row.kind or row.children.exists()):
        raise Problem(409, "this Location is a place of a city system")
