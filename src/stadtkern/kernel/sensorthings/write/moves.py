"""Where a thing stands, and the history of it (18-088, 8.2.2 and 10.2).

A thing stands at one place. Further Locations tell the same place in other encodings.
"""

from collections.abc import Sequence

from django.db.models import Max, Q

from stadtkern.kernel import clock
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.sensorthings.write.encodings import is_geojson
from stadtkern.kernel.things.models import HistoricalLocation, Representation, Thing


def in_order(places: Sequence[int]) -> list[int]:
    """Each of these places once; first one with a geometry, which maps and features show."""
    once = list(dict.fromkeys(places))
    if len(once) < 2:
        return once
    drawn = set(
        Place.objects.filter(pk__in=once).exclude(geometry=None).values_list("pk", flat=True)
    )
    return sorted(once, key=lambda one: one not in drawn)


def places_of(thing: Thing) -> list[int]:
    """The places where the thing stands now, its own first."""
    own = [] if thing.place_id is None else [thing.place_id]
    return own + list(thing.representations.order_by("id").values_list("place_id", flat=True))


def stand(thing: Thing, places: Sequence[int]) -> None:
    """Put a thing to these places; where they are new to it, its history gets an entry."""
    if set(places) != set(places_of(thing)):
        _put(thing, in_order(places))
        remember(thing, in_order(places))


def _put(thing: Thing, places: Sequence[int]) -> None:
    thing.place_id = places[0] if places else None
    thing.save(update_fields=["place"])
    thing.representations.all().delete()
    represent(thing, places)


def represent(thing: Thing, places: Sequence[int]) -> None:
    """Keep all places but the first as further Locations of the thing."""
    Representation.objects.bulk_create(
        [Representation(thing=thing, place_id=one) for one in places[1:]]
    )


def remember(thing: Thing, places: Sequence[int]) -> None:
    """Note in the thing's history where it stands from now on."""
    if places:
        entry = HistoricalLocation.objects.create(thing=thing, place_id=places[0], time=clock.now())
        if places[1:]:
            entry.also.set(places[1:])


def add(thing: Thing, place: int) -> None:
    """Give a thing a further Location.

    In an encoding that its Locations have already, it tells of another place: the thing moves.
    """
    now = Place.objects.filter(pk__in=places_of(thing))
    new = Place.objects.get(pk=place)
    same = any(_encoding(one) == _encoding(new) for one in now if one != new)
    stand(thing, [place] if same else [*places_of(thing), place])


def _encoding(place: Place) -> str:
    return "geojson" if is_geojson(place.encoding) else place.encoding


def leave(thing: Thing, place: int) -> None:
    """Take a Location from a thing; the others stay."""
    stand(thing, [one for one in places_of(thing) if one != place])


def tell(entry: HistoricalLocation, places: Sequence[int]) -> None:
    """Let an entry of the history lead to these places."""
    ordered = in_order(places)
    if entry.place_id != ordered[0]:
        entry.place_id = ordered[0]
        entry.save(update_fields=["place"])
    entry.also.set(ordered[1:])


def places_then(entry: HistoricalLocation) -> list[int]:
    """The places that an entry of the history leads to, its own first."""
    return [entry.place_id, *entry.also.order_by("pk").values_list("pk", flat=True)]


def follow(entry: HistoricalLocation) -> None:
    """The newest entry of a thing's history says where it stands."""
    newest = HistoricalLocation.objects.filter(thing=entry.thing_id).aggregate(t=Max("time"))["t"]
    if newest == entry.time and entry.time <= clock.now():
        thing = Thing.objects.select_for_update(no_key=True).get(pk=entry.thing_id)
        places = places_then(entry)
        if set(places) != set(places_of(thing)):
            _put(thing, places)


def hold(place: int) -> None:
    """Lock the things that stand at a place before the place, as those do who move them there."""
    standing = Thing.objects.filter(Q(place=place) | Q(representations__place=place))
    found = Thing.objects.filter(pk__in=standing.values("pk")).order_by("pk")
    list(found.select_for_update(no_key=True))


def vacate(place: Place) -> None:
    """Nothing stands at a place that is about to go: what is told of it otherwise stays.

    A history that leads there goes with it (18-088, table 25).
    """
    HistoricalLocation.objects.filter(also=place).delete()
    for thing in Thing.objects.filter(place=place, representations__isnull=False).distinct():
        _put(thing, in_order([one for one in places_of(thing) if one != place.pk]))
