"""Makes things with the datastreams that their declared kind, or their device model, observes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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


@dataclass(frozen=True, kw_only=True)
class NewThing:
    """A thing to be made: where it stands, what made it, and what it observes.

    `kind` is `<system>.<kind>`, or empty where no system declares it. `titles` are names of
    datastreams by property, where they are not made of property and thing.
    """

    place: Place
    name: str
    sensor: Sensor
    observes: tuple[Observed, ...]
    kind: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)


def make(wanted: Sequence[NewThing], *, source: str = "", licence: str = "") -> list[Thing]:
    """A new thing for each of these, in their order, whatever else stands at its place.

    Five statements for any number of things.
    """
    with transaction.atomic():
        properties = _known_properties([o for one in wanted for o in one.observes])
        made = Thing.objects.bulk_create(
            Thing(place=one.place, kind=one.kind, name=one.name) for one in wanted
        )
        HistoricalLocation.objects.bulk_create(
            HistoricalLocation(thing=thing, place=thing.place) for thing in made if thing.place
        )
        Datastream.objects.bulk_create(
            _datastream(thing, one, o, properties, source=source, licence=licence)
            for thing, one in zip(made, wanted, strict=True)
            for o in one.observes
        )
    return made


def complete(
    things: Sequence[tuple[Thing, NewThing]], *, source: str = "", licence: str = ""
) -> int:
    """Give things that are there the datastreams that they lack; returns how many are new."""
    rows = Datastream.objects.filter(thing__in=[thing for thing, _ in things])
    have = set(rows.values_list("thing_id", "observed_property__slug"))
    lacking = [
        (thing, one, o)
        for thing, one in things
        for o in one.observes
        if (thing.pk, o.slug) not in have
    ]
    if not lacking:
        return 0
    properties = _known_properties([o for _, _, o in lacking])
    made = Datastream.objects.bulk_create(
        _datastream(thing, one, o, properties, source=source, licence=licence)
        for thing, one, o in lacking
    )
    return len(made)


def _datastream(
    thing: Thing,
    one: NewThing,
    observed: Observed,
    properties: Mapping[str, ObservedProperty],
    **fields: str,
) -> Datastream:
    return Datastream(
        thing=thing,
        sensor=one.sensor,
        observed_property=properties[observed.slug],
        **fields,
        **{**datastream_fields(observed, thing.name), **_title(one, observed)},
    )


def _title(one: NewThing, observed: Observed) -> dict[str, str]:
    given = one.titles.get(observed.slug, "")
    return {"name": given} if given else {}


def _known_properties(observes: Sequence[Observed]) -> dict[str, ObservedProperty]:
    """Rows of observed properties by slug; those that are there stay as they are."""
    wanted = {o.slug: o for o in observes}
    with override("de"):
        ObservedProperty.objects.bulk_create(
            [ObservedProperty(slug=o.slug, **_said(o)) for o in wanted.values()],
            ignore_conflicts=True,
        )
    rows = ObservedProperty.objects.filter(slug__in=wanted)
    return {str(row.slug): row for row in rows}


def _said(observed: Observed) -> dict[str, str]:
    return {
        "name": str(observed.title),
        "definition": observed.definition or f"urn:stadtkern:{observed.slug}",
    }


def properties_of(kind: ThingKind) -> dict[str, ObservedProperty]:
    """The rows of a kind's observed properties, made or brought up to date."""
    with override("de"):
        return {
            o.slug: ObservedProperty.objects.update_or_create(slug=o.slug, defaults=_said(o))[0]
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
