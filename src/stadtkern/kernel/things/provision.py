"""Makes things with the datastreams that their declared kind observes."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import override

from stadtkern.kernel import registry
from stadtkern.kernel.contract import Observed, ThingKind
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.things.models import (
    Datastream,
    HistoricalLocation,
    ObservedProperty,
    Sensor,
    Thing,
)


def properties_of(kind: ThingKind) -> dict[str, ObservedProperty]:
    """The rows of a kind's observed properties, made or brought up to date."""
    with override("de"):
        return {
            o.slug: ObservedProperty.objects.update_or_create(
                slug=o.slug,
                defaults={
                    "name": str(o.title),
                    "definition": o.definition or f"urn:stadtkern:{o.slug}",
                },
            )[0]
            for o in kind.observes
        }


def things(
    kind: str,
    wanted: Sequence[tuple[Place, str]],
    *,
    sensor: Sensor,
    source: str = "",
    licence: str = "",
    only: Sequence[str] = (),
    one_per_instant: bool = False,
) -> list[Thing]:
    """One thing of this kind (`<system>.<kind>`) at each place, named; existing ones are kept.

    `only` narrows the kind's observed properties for this fleet. A handful of statements for any
    number of things.
    """
    declared = registry.thing_kinds()[kind]
    observed = [o for o in declared.observes if not only or o.slug in only]
    with transaction.atomic():
        properties = properties_of(declared)
        places = [place for place, _ in wanted]
        have = {t.place_id: t for t in Thing.objects.filter(kind=kind, place__in=places)}
        new = _stand([pair for pair in wanted if pair[0].pk not in have], kind)
        Datastream.objects.bulk_create(
            Datastream(
                thing=thing,
                sensor=sensor,
                observed_property=properties[o.slug],
                source=source,
                licence=licence,
                one_per_instant=one_per_instant,
                **datastream_fields(o, thing.name),
            )
            for thing in new
            for o in observed
        )
    everything = {**have, **{t.place_id: t for t in new}}
    return [everything[place.pk] for place in places]


def _stand(wanted: Sequence[tuple[Place, str]], kind: str) -> list[Thing]:
    """New things, and since when they stand where they stand."""
    new = Thing.objects.bulk_create(Thing(place=p, kind=kind, name=name) for p, name in wanted)
    HistoricalLocation.objects.bulk_create(
        HistoricalLocation(thing=t, place=t.place) for t in new if t.place
    )
    return new


def datastream_fields(observed: Observed, thing_name: str) -> dict[str, Any]:
    """The columns of a datastream that its declared property decides."""
    with override("de"):
        title = str(observed.title)
    return {
        "name": f"{title}, {thing_name}",
        "unit_name": observed.unit_name or None,
        "unit_symbol": observed.unit or None,
        "unit_definition": f"ucum:{observed.unit}" if observed.unit else None,
        "decimals": observed.decimals,
        "stale_after": observed.stale_after,
        "low": observed.low,
        "high": observed.high,
    }
