"""Terms of the EU and German vocabularies that a record uses: themes, rhythms, HVD, licences."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.catalogue.licences import DEFAULT_LICENCE, LICENCES, Licence

__all__ = [
    "ACCESS_PUBLIC", "AUTHORITY", "DEFAULT_LICENCE", "HVD", "HVD_LAW", "LANGUAGES", "LICENCES",
    "MUNICIPALITY", "RHYTHMS", "STABLE", "THEMES", "Licence", "Text",
]  # fmt: skip

Text = str | Promise

AUTHORITY: Final = "http://publications.europa.eu/resource/authority"

# EU authority table data-theme.
THEMES: Final[Mapping[str, Text]] = {
    "AGRI": _("Agriculture, fisheries, forestry and food"),
    "ECON": _("Economy and finance"),
    "EDUC": _("Education, culture and sport"),
    "ENER": _("Energy"),
    "ENVI": _("Environment"),
    "GOVE": _("Government and public sector"),
    "HEAL": _("Health"),
    "INTR": _("International issues"),
    "JUST": _("Justice, legal system and public safety"),
    "REGI": _("Regions and cities"),
    "SOCI": _("Population and society"),
    "TECH": _("Science and technology"),
    "TRAN": _("Transport"),
}

# EU authority table frequency, those that a city uses.
RHYTHMS: Final[Mapping[str, Text]] = {
    "UPDATE_CONT": _("continuously"),
    "HOURLY": _("hourly"),
    "DAILY": _("daily"),
    "WEEKLY": _("weekly"),
    "BIWEEKLY": _("every two weeks"),
    "MONTHLY": _("monthly"),
    "QUARTERLY": _("quarterly"),
    "ANNUAL_2": _("twice a year"),
    "ANNUAL": _("yearly"),
    "BIENNIAL": _("every two years"),
    "TRIENNIAL": _("every three years"),
    "QUINQUENNIAL": _("every five years"),
    "DECENNIAL": _("every ten years"),
    "IRREG": _("irregularly"),
    "NEVER": _("never"),
    "UNKNOWN": _("unknown"),
}

# Regulation (EU) 2023/138, by the last part of http://data.europa.eu/bna/.
HVD: Final[Mapping[str, Text]] = {
    "c_ac64a52d": _("Geospatial"),
    "c_dd313021": _("Earth observation and environment"),
    "c_164e0bf5": _("Meteorological"),
    "c_e1da4e07": _("Statistics"),
    "c_a9135398": _("Companies and company ownership"),
    "c_b79e35eb": _("Mobility"),
}
HVD_LAW: Final = "http://data.europa.eu/eli/reg_impl/2023/138/oj"

# Where the platform says the same of all its own data.
STABLE: Final = f"{AUTHORITY}/planned-availability/STABLE"
ACCESS_PUBLIC: Final = f"{AUTHORITY}/access-right/PUBLIC"
LANGUAGES: Final[Mapping[str, str]] = {
    "de": f"{AUTHORITY}/language/DEU",
    "en": f"{AUTHORITY}/language/ENG",
}
MUNICIPALITY: Final = "http://dcat-ap.de/def/politicalGeocoding/Level/municipality"
