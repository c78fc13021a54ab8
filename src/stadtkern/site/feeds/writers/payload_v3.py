"""What all publications of DATEX II 3.7 begin with, and how texts and positions are written."""

from collections.abc import Mapping
from typing import Final
from xml.etree.ElementTree import register_namespace

from stadtkern.site.feeds.publication import GERMANY, Told
from stadtkern.site.feeds.writers import tree
from stadtkern.site.feeds.writers.tree import Branch

SCHEMA: Final = "http://datex2.eu/schema/3/"
PAYLOAD, COMMON = f"{SCHEMA}d2Payload", f"{SCHEMA}common"
LOCATION: Final = f"{SCHEMA}locationReferencing"


def payload(told: Told, kind: str, prefixes: Mapping[str, str]) -> Branch:
    """The outermost element of a publication; `kind` is its type with one of the prefixes."""
    top = tree.root("payload", PAYLOAD, "d2p", lang=GERMANY, modelBaseVersion="3")
    for prefix, namespace in {"com": COMMON, "loc": LOCATION, **prefixes}.items():
        register_namespace(prefix, namespace)
    top.element.set(f"{{{tree.XSI}}}type", kind)
    top.add("publicationTime", told.generated, namespace=COMMON)
    creator = top.add("publicationCreator", namespace=COMMON)
    creator.add("country", GERMANY)
    creator.add("nationalIdentifier", told.publisher)
    return top


def head(top: Branch, namespace: str) -> None:
    """Who may have it, and that it is real."""
    found = top.add("headerInformation", namespace=namespace)
    found.add("confidentiality", "noRestriction", namespace=COMMON)
    found.add("informationStatus", "real", namespace=COMMON)


def words(branch: Branch, name: str, text: str, namespace: str = "", english: str = "") -> None:
    """A text in German, and in English where there is one."""
    values = branch.add(name, namespace=namespace).add("values", namespace=COMMON)
    values.add("value", text, lang=GERMANY)
    if english:
        values.add("value", english, lang="en")


def point(branch: Branch, name: str, lon: float, lat: float, namespace: str = "") -> None:
    """A position in WGS 84."""
    where = branch.add(name, namespace=namespace, type_="loc:PointLocation")
    found = where.add("pointByCoordinates", namespace=LOCATION).add("pointCoordinates")
    found.add("latitude", round(lat, 7))
    found.add("longitude", round(lon, 7))
