"""The controlled vocabularies as data, so that shapes can look whether a term is of its list."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from stadtkern.kernel.catalogue.dcat import turtle
from stadtkern.kernel.catalogue.dcat.nodes import Node
from stadtkern.kernel.catalogue.file_types import FILE_TYPES
from stadtkern.kernel.catalogue.licences import LICENCE_LIST, LICENCES
from stadtkern.kernel.catalogue.vocabulary import AUTHORITY, LANGUAGES, THEMES

# EU authority table frequency; all of it, since others' records use all of it.
FREQUENCIES: Final = (
    "1MIN", "5MIN", "10MIN", "15MIN", "30MIN", "12HRS", "ANNUAL", "ANNUAL_2", "ANNUAL_3",
    "AS_NEEDED", "BIDECENNIAL", "BIENNIAL", "BIHOURLY", "BIMONTHLY", "BIWEEKLY", "CONT", "DAILY",
    "DAILY_2", "DECENNIAL", "HOURLY", "IRREG", "MONTHLY", "MONTHLY_2", "MONTHLY_3", "NEVER",
    "NOT_PLANNED", "OP_DATPRO", "OTHER", "QUADRENNIAL", "QUARTERLY", "QUINQUENNIAL", "TRIDECENNIAL",
    "TRIENNIAL", "TRIHOURLY", "UNKNOWN", "UPDATE_CONT", "WEEKLY", "WEEKLY_2", "WEEKLY_3",
)  # fmt: skip
# EU authority tables planned-availability and access-right.
AVAILABILITIES: Final = ("AVAILABLE", "EXPERIMENTAL", "OP_DATPRO", "STABLE", "TEMPORARY")
ACCESS_RIGHTS: Final = (
    "CONFIDENTIAL", "NON_PUBLIC", "NORMAL", "OP_DATPRO", "PUBLIC", "RESTRICTED", "SENSITIVE",
)  # fmt: skip
# DCAT-AP.de, levels of political geocoding.
LEVEL_LIST: Final = "http://dcat-ap.de/def/politicalGeocoding/Level"
LEVELS: Final = (
    "administrativeDistrict", "european", "federal", "international", "municipality", "state",
)  # fmt: skip
ALGORITHM: Final = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"


@cache
def members() -> dict[str, frozenset[str]]:
    """The IRIs of each list, by the IRI of the list."""
    return {
        f"{AUTHORITY}/data-theme": _all(f"{AUTHORITY}/data-theme", (*THEMES, "OP_DATPRO")),
        f"{AUTHORITY}/frequency": _all(f"{AUTHORITY}/frequency", FREQUENCIES),
        f"{AUTHORITY}/planned-availability": _all(
            f"{AUTHORITY}/planned-availability", AVAILABILITIES
        ),
        f"{AUTHORITY}/access-right": _all(f"{AUTHORITY}/access-right", ACCESS_RIGHTS),
        f"{AUTHORITY}/language": frozenset(LANGUAGES.values()),
        f"{AUTHORITY}/file-type": _all(
            f"{AUTHORITY}/file-type", [one.eu for one in FILE_TYPES.values() if one.eu]
        ),
        LEVEL_LIST: _all(LEVEL_LIST, LEVELS),
        LICENCE_LIST: _all(LICENCE_LIST, LICENCES),
    }


def _all(scheme: str, codes: Iterable[str]) -> frozenset[str]:
    return frozenset(f"{scheme}/{code}" for code in codes)


@cache
def document() -> str:
    """All lists in Turtle."""
    return turtle.document([turtle.part(_nodes())])


def _nodes() -> Iterator[Node]:
    for scheme, terms in members().items():
        for iri in sorted(terms):
            node = Node(iri=iri, types=("skos:Concept",))
            node.link("skos:inScheme", scheme)
            yield node
    yield Node(iri=ALGORITHM, types=("spdx:ChecksumAlgorithm",))
