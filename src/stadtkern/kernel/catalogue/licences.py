"""Licences of the German list, by the last part of their IRI, and what each asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

LICENCE_LIST: Final = "http://dcat-ap.de/def/licenses"


@dataclass(frozen=True, kw_only=True)
class Licence:
    """A licence of the German list: its IRI is `http://dcat-ap.de/def/licenses/<key>`.

    `offered` ones stand in forms; the others are known because harvested data has them.
    """

    key: str
    title: str
    url: str
    open: bool = True
    credit: bool = False
    offered: bool = False

    @property
    def iri(self) -> str:
        """As DCAT-AP.de names it."""
        return f"{LICENCE_LIST}/{self.key}"


_OFFERED = (
    Licence(
        key="dl-zero-de/2.0",
        title="Datenlizenz Deutschland – Zero – Version 2.0",
        url="https://www.govdata.de/dl-de/zero-2-0",
        offered=True,
    ),
    Licence(
        key="dl-by-de/2.0",
        title="Datenlizenz Deutschland – Namensnennung – Version 2.0",
        url="https://www.govdata.de/dl-de/by-2-0",
        credit=True,
        offered=True,
    ),
    Licence(
        key="cc-zero",
        title="Creative Commons CC0 1.0",
        url="https://creativecommons.org/publicdomain/zero/1.0/",
        offered=True,
    ),
    Licence(
        key="cc-by/4.0",
        title="Creative Commons Namensnennung 4.0 (CC BY 4.0)",
        url="https://creativecommons.org/licenses/by/4.0/",
        credit=True,
        offered=True,
    ),
    Licence(
        key="cc-by-sa/4.0",
        title="Creative Commons Namensnennung – Weitergabe unter gleichen Bedingungen 4.0",
        url="https://creativecommons.org/licenses/by-sa/4.0/",
        credit=True,
        offered=True,
    ),
    Licence(
        key="odbl",
        title="Open Data Commons Open Database License (ODbL)",
        url="https://opendatacommons.org/licenses/odbl/",
        credit=True,
        offered=True,
    ),
    Licence(
        key="other-open",
        title="Andere offene Lizenz",
        url="http://dcat-ap.de/def/licenses/other-open",
        offered=True,
    ),
    Licence(
        key="other-closed",
        title="Andere geschlossene Lizenz",
        url="http://dcat-ap.de/def/licenses/other-closed",
        open=False,
        offered=True,
    ),
)
# Key, title, address, open, asks for credit.
_OTHERS: Final = (
    ("apache", "Apache-Lizenz 2.0", "https://www.apache.org/licenses/LICENSE-2.0", True, True),
    ("bsd", "BSD-Lizenz", "https://opensource.org/licenses/bsd-license.php", True, True),
    ("cc-by", "Creative Commons Namensnennung", "https://creativecommons.org/licenses/by/3.0/",
     True, True),
    ("cc-by-de/3.0", "Creative Commons Namensnennung 3.0 Deutschland",
     "https://creativecommons.org/licenses/by/3.0/de/", True, True),
    ("cc-by-nc", "Creative Commons Namensnennung – Nicht kommerziell",
     "https://creativecommons.org/licenses/by-nc/3.0/", False, True),
    ("cc-by-nc-de/3.0", "Creative Commons Namensnennung – Nicht kommerziell 3.0 Deutschland",
     "https://creativecommons.org/licenses/by-nc/3.0/de/", False, True),
    ("cc-by-nc/4.0", "Creative Commons Namensnennung – Nicht kommerziell 4.0",
     "https://creativecommons.org/licenses/by-nc/4.0/", False, True),
    ("cc-by-nd", "Creative Commons Namensnennung – Keine Bearbeitung",
     "https://creativecommons.org/licenses/by-nd/3.0/", False, True),
    ("cc-by-nd/3.0", "Creative Commons Namensnennung – Keine Bearbeitung 3.0",
     "https://creativecommons.org/licenses/by-nd/3.0/", False, True),
    ("cc-by-nd/4.0", "Creative Commons Namensnennung – Keine Bearbeitung 4.0",
     "https://creativecommons.org/licenses/by-nd/4.0/", False, True),
    ("cc-by-sa", "Creative Commons Namensnennung – Weitergabe unter gleichen Bedingungen",
     "https://creativecommons.org/licenses/by-sa/3.0/", True, True),
    ("cc-by-sa-de/3.0",
     "Creative Commons Namensnennung – Weitergabe unter gleichen Bedingungen 3.0 Deutschland",
     "https://creativecommons.org/licenses/by-sa/3.0/de/", True, True),
    ("ccpdm/1.0", "Public Domain Mark 1.0", "https://creativecommons.org/publicdomain/mark/1.0/",
     True, False),
    ("dl-by-de/1.0", "Datenlizenz Deutschland – Namensnennung – Version 1.0",
     "https://www.govdata.de/dl-de/by-1-0", True, True),
    ("dl-by-nc-de/1.0", "Datenlizenz Deutschland – Namensnennung – nicht kommerziell 1.0",
     "https://www.govdata.de/dl-de/by-nc-1-0", False, True),
    ("geonutz/20130319", "Nutzungsbestimmungen für Geodaten des Bundes",
     "https://sg.geodatenzentrum.de/web_public/gdz/lizenz/geonutzv.pdf", True, True),
    ("geoNutz/20131001", "Nutzungsbestimmungen für Geodaten des Landes Berlin",
     "http://www.stadtentwicklung.berlin.de/geoinformation/download/nutzIII.pdf", True, True),
    ("gfdl", "GNU-Lizenz für freie Dokumentation", "https://www.gnu.org/licenses/fdl.html",
     True, True),
    ("gpl/3.0", "GNU General Public License 3.0", "https://www.gnu.org/licenses/gpl-3.0.html",
     True, False),
    ("mozilla", "Mozilla Public License 2.0", "https://www.mozilla.org/MPL/2.0/", True, False),
    ("odby", "Open Data Commons Attribution License (ODC-BY 1.0)",
     "https://opendatacommons.org/licenses/by/", True, True),
    ("odcpddl", "Open Data Commons Public Domain Dedication and Licence",
     "https://opendatacommons.org/licenses/pddl/", True, False),
    ("officialWork", "Amtliches Werk, lizenzfrei nach § 5 Abs. 1 UrhG",
     "https://www.gesetze-im-internet.de/urhg/__5.html", True, False),
    ("other-commercial", "Andere kommerzielle Lizenz", f"{LICENCE_LIST}/other-commercial",
     False, False),
    ("other-freeware", "Andere Freeware-Lizenz", f"{LICENCE_LIST}/other-freeware", False, False),
    ("other-opensource", "Andere Open-Source-Lizenz", f"{LICENCE_LIST}/other-opensource",
     True, False),
)  # fmt: skip
LICENCES: Final[Mapping[str, Licence]] = {
    **{one.key: one for one in _OFFERED},
    **{
        key: Licence(key=key, title=title, url=url, open=free, credit=credit)
        for key, title, url, free, credit in _OTHERS
    },
}
DEFAULT_LICENCE: Final = "dl-zero-de/2.0"
