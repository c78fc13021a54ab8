"""The columns of a list of devices, and how people head them, in German and in English."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its heading in the template, what it holds, and its other headings."""

    name: str
    title: str | Promise
    help: str | Promise
    also: tuple[str, ...]
    needed: bool = False


COLUMNS = (
    Column(
        name="dev_eui",
        title=_("DevEUI"),
        help=_("16 hexadecimal digits. Format the column as text, or Excel makes numbers of them."),
        also=("deveui", "eui", "geräteeui", "geraeteeui", "deviceeui"),
        needed=True,
    ),
    Column(
        name="name",
        title=_("Name"),
        help=_("As your colleagues call the device."),
        also=("name", "bezeichnung", "gerätename", "devicename", "device", "gerät"),
        needed=True,
    ),
    Column(
        name="profile",
        title=_("Profile"),
        help=_("The device profile: its short name, its title, or vendor and model."),
        also=("profil", "profile", "geräteprofil", "deviceprofile", "modell", "model", "typ"),
        needed=True,
    ),
    Column(
        name="place",
        title=_("Place"),
        help=_("A place that exists already; with coordinates, the name of a new one."),
        also=("ort", "place", "standort", "location", "ortsname", "placename"),
    ),
    Column(
        name="lat",
        title=_("Latitude"),
        help=_("In degrees (WGS 84), such as 51.5388."),
        also=("breite", "breitengrad", "latitude", "lat", "geobreite"),
    ),
    Column(
        name="lon",
        title=_("Longitude"),
        help=_("In degrees (WGS 84), such as 7.2257."),
        also=("länge", "laenge", "längengrad", "laengengrad", "longitude", "lon", "lng", "long"),
    ),
    Column(
        name="measures",
        title=_("Measures"),
        help=_("Which of the profile's properties are kept, with commas; empty: all."),
        also=("misst", "measures", "messgrößen", "properties", "eigenschaften"),
    ),
    Column(
        name="join_eui",
        title=_("JoinEUI"),
        help=_("16 hexadecimal digits, or empty."),
        also=("joineui", "appeui"),
    ),
    Column(
        name="app_key",
        title=_("AppKey"),
        help=_("32 hexadecimal digits, or empty. It is sealed at once and never shown again."),
        also=("appkey", "schlüssel", "schluessel", "key"),
    ),
    Column(
        name="labels",
        title=_("Labels"),
        help=_("Words to find the device by, with commas."),
        also=("schlagworte", "schlagwörter", "labels", "tags", "etiketten"),
    ),
)
BY_NAME = {column.name: column for column in COLUMNS}
_PLAIN = re.compile(r"[^a-zäöüß0-9]+")


def found(heads: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    """Where each column stands, and headings that are none of ours; the first of two counts."""
    places: dict[str, int] = {}
    strange = []
    for place, head in enumerate(heads):
        plain = _PLAIN.sub("", head.lower())
        name = next((c.name for c in COLUMNS if plain in c.also or plain == c.name), "")
        if name and name not in places:
            places[name] = place
        elif head:
            strange.append(head)
    return places, strange
