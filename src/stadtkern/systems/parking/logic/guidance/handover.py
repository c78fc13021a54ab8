"""Links that open the way in the person's own navigation: plain links, nothing is embedded."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """Where it leads, and how it is called; `outside` where the person leaves the city's pages."""

    url: str
    title: str
    outside: bool = True


def links(lon: float, lat: float, name: str) -> list[Link]:
    """The phone's own app first, then the usual maps."""
    spot = f"{lat:.6f},{lon:.6f}"
    return [
        Link(url=f"geo:{spot}?{urlencode({'q': f'{spot}({name})'})}", outside=False,
             title=_("Navigation app of the phone")),
        Link(url=f"https://maps.apple.com/?{urlencode({'daddr': spot, 'dirflg': 'd'})}",
             title=_("Apple Maps")),
        Link(url="https://www.google.com/maps/dir/?" + urlencode(
            {"api": 1, "destination": spot, "travelmode": "driving"}), title=_("Google Maps")),
        Link(url="https://www.openstreetmap.org/directions?" + urlencode(
            {"engine": "fossgis_osrm_car", "to": spot}), title=_("OpenStreetMap")),
    ]  # fmt: skip
