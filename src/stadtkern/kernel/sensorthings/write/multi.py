"""MultiDatastreams: three lists of a body become components (18-088, MultiDatastream extension)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.write import fields
from stadtkern.kernel.sensorthings.write.fields import Body
from stadtkern.kernel.things.models import COMPLEX, Component, Latest, MultiDatastream

UNITS, TYPES, PROPERTIES = "unitOfMeasurements", "multiObservationDataTypes", "ObservedProperties"
FIXED = (
    "the ObservedProperties of a MultiDatastream go with its units, types and results:"
    f" PATCH it with {PROPERTIES}, {UNITS} and {TYPES}"
)

Resolve = Callable[[Any], int]


def check_result(result: Any, components: int) -> None:
    """Check that a result has a value (or null) for each component; 0 is a plain Datastream.

    Raises Problem (400): it has not.
    """
    if components and (not isinstance(result, list) or len(result) != components):
        found = f"a list of {len(result)}" if isinstance(result, list) else "no list"
        raise Problem(
            400,
            "Observation.result: this MultiDatastream takes a list of"
            f" {components} values, found {found}",
        )


def check_owner(named: Body, given: Mapping[str, int]) -> None:
    """Check that an Observation is one of a Datastream or else of a MultiDatastream.

    Raises Problem (400): of none, or of both.
    """
    owners = [
        name for name in ("Datastream", "MultiDatastream") if name in given or named.get(name)
    ]
    if not owners:
        raise Problem(400, "Observation needs its Datastream, or its MultiDatastream")
    if len(owners) > 1:
        raise Problem(400, "an Observation has a Datastream or a MultiDatastream, not both")


def with_given(named: Body, given: Mapping[str, int]) -> Body:
    """The body, with the ObservedProperty below whose address it came.

    Raises Problem (400): it has others as well, among which that one has no place.
    """
    if PROPERTIES not in given:
        return named
    if PROPERTIES in named:
        raise Problem(400, "below an ObservedProperty, a MultiDatastream has only that one")
    return {**named, PROPERTIES: [{"@iot.id": given[PROPERTIES]}]}


def save(row: MultiDatastream, named: Body, resolve: Resolve, *, whole: bool) -> None:
    """Save a MultiDatastream with the components that this body describes or leaves as they are.

    `resolve` gives the id of an ObservedProperty that is linked to or described. `whole`: units
    and types must be there.
    Raises Problem: a list is missing, does not fit or is longer than another (400); there are
    Observations with another number of values (409).
    """
    if named.get("observationType", COMPLEX) != COMPLEX:
        raise Problem(400, f"MultiDatastream.observationType is always {COMPLEX}")
    if whole or named.keys() & {UNITS, TYPES, PROPERTIES}:
        stored = _stored(row) if row.pk else []
        _keep(row, _components(named, stored, resolve, whole=whole), len(stored))
    else:
        row.save()


def unlink(row: MultiDatastream, observed_property: int) -> None:
    """Take an ObservedProperty, with its units and types, out of a MultiDatastream.

    Raises Problem: it has no such one (404), no other one (400), or Observations (409).
    """
    stored = _stored(row)
    left = [one for one in stored if one.observed_property_id != observed_property]
    if len(left) == len(stored):
        raise Problem(404, "this MultiDatastream has no such ObservedProperty")
    if not left:
        raise Problem(400, "a MultiDatastream needs at least one ObservedProperty")
    _keep(row, _numbered([one.observed_property_id for one in left], *_lists(left)), len(stored))


def _stored(row: MultiDatastream) -> list[Component]:
    return list(row.components.order_by("position"))


def _components(
    named: Body, stored: Sequence[Component], resolve: Resolve, *, whole: bool
) -> list[Component]:
    for name in (UNITS, TYPES, PROPERTIES):
        if name not in named and (not stored or (whole and name != PROPERTIES)):
            raise Problem(400, f"MultiDatastream needs '{name}'")
    units, types = _lists(stored)
    keys = [one.observed_property_id for one in stored]
    if UNITS in named:
        units = [fields.unit(f"MultiDatastream.{UNITS}", one) for one in _list(named, UNITS)]
    if TYPES in named:
        types = [_type(one) for one in _list(named, TYPES)]
    if PROPERTIES in named:
        keys = [resolve(one) for one in _list(named, PROPERTIES)]
    _check_lengths(len(units), len(types), len(keys))
    return _numbered(keys, units, types)


def _lists(stored: Sequence[Component]) -> tuple[list[dict[str, Any]], list[str]]:
    """Units and types of stored components."""
    units = [
        {
            "unit_name": one.unit_name,
            "unit_symbol": one.unit_symbol,
            "unit_definition": one.unit_definition,
        }
        for one in stored
    ]
    return units, [one.observation_type for one in stored]


def _numbered(
    keys: Sequence[int], units: Sequence[dict[str, Any]], types: Sequence[str]
) -> list[Component]:
    return [
        Component(position=n, observed_property_id=key, observation_type=kind, **unit)
        for n, (key, unit, kind) in enumerate(zip(keys, units, types, strict=True))
    ]


def _list(named: Body, name: str) -> list[Any]:
    if not isinstance(named[name], list):
        raise Problem(400, f"MultiDatastream.{name}: expected a list")
    return list(named[name])


def _type(value: Any) -> str:
    where = f"MultiDatastream.{TYPES}"
    longest = Component._meta.get_field("observation_type").max_length or 0
    if len(fields.text(where, value)) > longest:
        raise Problem(400, f"{where}: '{value[:20]}..' is longer than {longest} characters")
    return str(value)


def _check_lengths(units: int, types: int, keys: int) -> None:
    if not units == types == keys:
        raise Problem(
            400,
            f"MultiDatastream: {units} {UNITS}, {types} {TYPES} and {keys} {PROPERTIES} do not"
            " fit together: there must be equally many, in the same order",
        )
    if not keys:
        raise Problem(400, "a MultiDatastream needs at least one ObservedProperty")


def _keep(row: MultiDatastream, parts: Sequence[Component], had: int) -> None:
    """Save the row with these components, which replace those that it had."""
    if had and had != len(parts) and Latest.objects.filter(datastream=row.pk).exists():
        raise Problem(409, f"its Observations have {had} values each, and so it must stay")
    row.observed_property_id = parts[0].observed_property_id
    row.save()
    Component.objects.filter(datastream=row.pk).delete()
    for part in parts:
        part.datastream_id = row.pk
    Component.objects.bulk_create(parts)
