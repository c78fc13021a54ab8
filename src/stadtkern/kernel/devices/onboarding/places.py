"""Where a new device stands: a place there is, or one to be made."""

from dataclasses import dataclass

from stadtkern.kernel import registry
from stadtkern.kernel.places.models import Place, box_of, point


@dataclass(frozen=True, kw_only=True, slots=True)
class NewPlace:
    """A place to be made; two with the same name at the same point are one."""

    name: str
    lon: float
    lat: float
    kind: str = ""

    def unsaved(self) -> Place:
        """The place as a row that is not stored yet."""
        geometry = point(self.lon, self.lat)
        west, south, east, north = box_of(geometry)
        return Place(
            name=self.name,
            kind=self.kind,
            geometry=geometry,
            west=west,
            south=south,
            east=east,
            north=north,
        )


def inside(lon: float, lat: float) -> bool:
    """Whether a point lies within the city's bounds."""
    west, south, east, north = registry.city().city.bounds
    return west <= lon <= east and south <= lat <= north


def swapped(lon: float, lat: float) -> bool:
    """Whether a point lies outside, and its mirror inside."""
    return not inside(lon, lat) and inside(lat, lon)


def stored(wanted: list[Place | NewPlace]) -> list[Place]:
    """These places, new ones made once; one statement for any number."""
    new: dict[NewPlace, Place] = {
        one: one.unsaved() for one in dict.fromkeys(wanted) if isinstance(one, NewPlace)
    }
    Place.objects.bulk_create(new.values())
    return [new[one] if isinstance(one, NewPlace) else one for one in wanted]
