"""Terms of other times and other lists, in the words of the lists that we use."""

import re
from typing import Final

from stadtkern.kernel.catalogue.file_types import MEDIA_TYPES, file_type
from stadtkern.kernel.catalogue.licences import LICENCES

AUTHORITY: Final = "http://publications.europa.eu/resource/authority"
# Versions 1.0 to 2.0 of DCAT-AP.de wrote the same lists with other beginnings.
_GERMAN: Final = re.compile(r"^https?://(?:www\.)?dcat-ap\.de/def/")
_DCATDE: Final = re.compile(r"^https?://(?:www\.)?dcat-ap\.de/def/dcatde/(?:[\d.]+/)?")
# EU authority table frequency: those that we have no word of our own for.
_RHYTHMS: Final = {
    "1MIN": "UPDATE_CONT", "5MIN": "UPDATE_CONT", "10MIN": "UPDATE_CONT", "15MIN": "UPDATE_CONT",
    "30MIN": "UPDATE_CONT", "CONT": "UPDATE_CONT", "BIHOURLY": "HOURLY", "TRIHOURLY": "HOURLY",
    "12HRS": "DAILY", "DAILY_2": "DAILY", "WEEKLY_2": "WEEKLY", "WEEKLY_3": "WEEKLY",
    "MONTHLY_2": "BIWEEKLY", "MONTHLY_3": "WEEKLY", "BIMONTHLY": "QUARTERLY",
    "ANNUAL_3": "QUARTERLY", "QUADRENNIAL": "QUINQUENNIAL", "BIDECENNIAL": "DECENNIAL",
    "TRIDECENNIAL": "DECENNIAL", "NOT_PLANNED": "NEVER", "AS_NEEDED": "IRREG", "OTHER": "IRREG",
}  # fmt: skip
_OWN_RHYTHMS: Final = (
    "UPDATE_CONT", "HOURLY", "DAILY", "WEEKLY", "BIWEEKLY", "MONTHLY", "QUARTERLY", "ANNUAL_2",
    "ANNUAL", "BIENNIAL", "TRIENNIAL", "QUINQUENNIAL", "DECENNIAL", "IRREG", "NEVER",
)  # fmt: skip
THEMES: Final = (
    "AGRI", "ECON", "EDUC", "ENER", "ENVI", "GOVE", "HEAL", "INTR", "JUST", "REGI", "SOCI", "TECH",
    "TRAN",
)  # fmt: skip
_AVAILABILITIES: Final = ("available", "experimental", "stable", "temporary")
# By what is left of an address without scheme, `www.` and the slash at its end.
_LICENCES: Final = {
    "creativecommons.org/publicdomain/zero/1.0": "cc-zero",
    "creativecommons.org/publicdomain/mark/1.0": "ccpdm/1.0",
    "creativecommons.org/licenses/by/4.0": "cc-by/4.0",
    "creativecommons.org/licenses/by/3.0/de": "cc-by-de/3.0",
    "creativecommons.org/licenses/by/3.0": "cc-by",
    "creativecommons.org/licenses/by-sa/4.0": "cc-by-sa/4.0",
    "creativecommons.org/licenses/by-sa/3.0/de": "cc-by-sa-de/3.0",
    "creativecommons.org/licenses/by-nc/4.0": "cc-by-nc/4.0",
    "creativecommons.org/licenses/by-nd/4.0": "cc-by-nd/4.0",
    "govdata.de/dl-de/zero-2-0": "dl-zero-de/2.0",
    "govdata.de/dl-de/by-2-0": "dl-by-de/2.0",
    "govdata.de/dl-de/by-1-0": "dl-by-de/1.0",
    "govdata.de/dl-de/by-nc-1-0": "dl-by-nc-de/1.0",
    "opendatacommons.org/licenses/odbl": "odbl",
    "opendatacommons.org/licenses/odbl/1-0": "odbl",
    "opendatacommons.org/licenses/by": "odby",
    "opendatacommons.org/licenses/pddl": "odcpddl",
    "publications.europa.eu/resource/authority/licence/CC0": "cc-zero",
    "publications.europa.eu/resource/authority/licence/CC_BY_4_0": "cc-by/4.0",
    "publications.europa.eu/resource/authority/licence/CC_BYSA_4_0": "cc-by-sa/4.0",
    "publications.europa.eu/resource/authority/licence/ODC_BL": "odbl",
    "publications.europa.eu/resource/authority/licence/ODC_BY": "odby",
    "publications.europa.eu/resource/authority/licence/ODC_PDDL": "odcpddl",
}  # fmt: skip
# As CKAN portals call them.
_LICENCE_NAMES: Final = {
    "dl-de-zero-2.0": "dl-zero-de/2.0", "dl-de/zero-2-0": "dl-zero-de/2.0",
    "dl-de-by-2.0": "dl-by-de/2.0", "dl-de/by-2-0": "dl-by-de/2.0", "dl-de-by-1.0": "dl-by-de/1.0",
    "cc-zero": "cc-zero", "cc0-1.0": "cc-zero", "cc0": "cc-zero", "cc-by": "cc-by",
    "cc-by-4.0": "cc-by/4.0", "cc-by/4.0": "cc-by/4.0", "cc-by-sa": "cc-by-sa",
    "cc-by-sa-4.0": "cc-by-sa/4.0", "cc-nc": "cc-by-nc", "odc-odbl": "odbl", "odbl": "odbl",
    "odc-by": "odby", "odc-pddl": "odcpddl", "other-open": "other-open",
    "other-closed": "other-closed", "gfdl": "gfdl",
}  # fmt: skip


def german(iri: str) -> str:
    """A term of a German list with the beginning that version 3.0 gives it."""
    return _GERMAN.sub("http://dcat-ap.de/def/", iri)


def german_name(predicate: str) -> str | None:
    """`dcatde:contributorID` of any version; None where it is no property of DCAT-AP.de."""
    local = _DCATDE.sub("", predicate)
    return f"dcatde:{local}" if local != predicate and local.isidentifier() else None


def licence(said: str) -> str:
    """A key of the German list where it is known, else the address as it was; empty if unclear."""
    found = german(said.strip())
    key = found.removeprefix("http://dcat-ap.de/def/licenses/")
    if key in LICENCES:
        return key
    bare = re.sub(r"^https?://(?:www\.)?", "", found).split("#")[0].removesuffix("/")
    bare = re.sub(r"/(?:deed|legalcode)(?:\.\w+)?$", "", bare)
    if bare in _LICENCES:
        return _LICENCES[bare]
    if named := _LICENCE_NAMES.get(found.lower()):
        return named
    return found if found.startswith(("http://", "https://")) else ""


def rhythm(said: str) -> str:
    """One of our rhythms."""
    code = said.rpartition("/")[2].upper()
    code = _RHYTHMS.get(code, code)
    return code if code in _OWN_RHYTHMS else "UNKNOWN"


def availability(said: str) -> str:
    """A term of the EU list; empty where it is none."""
    code = said.rpartition("/")[2].lower()
    known = code in _AVAILABILITIES
    return f"{AUTHORITY}/planned-availability/{code.upper()}" if known else ""


def format_and_media(format_: str, media_type: str) -> tuple[str, str]:
    """Our word for a format, and its media type; as it was where we do not know it."""
    media = media_type.removeprefix(MEDIA_TYPES).removeprefix(
        MEDIA_TYPES.replace("https:", "http:")
    )
    media = media if re.fullmatch(r"[\w.+-]+/[\w.+-]+", media) else ""
    word = format_.rpartition("/")[2] if format_.startswith("http") else format_
    known = file_type(word, media)
    return (known.key if known else word[:40]), (media or (known.media if known else ""))[:120]
