"""Which text module of XZuFi is which of ours.

02 and 03 are the titles. Codes of the other modules are taken where a message names them (element
`name` of the code) or where the city's own table says so: none is guessed.
"""

from typing import Final

from stadtkern.kernel.catalogue.find.words import fold

NAMESPACE: Final = "http://xoev.de/schemata/xzufi/2_2_0"
VERSIONS: Final = ("2.2", "2.3")
TITLE, PLAIN_TITLE = "02", "03"
CODES: Final = {TITLE: "title", PLAIN_TITLE: "title"}
# Names of modules as editors know them, folded; a summary has no language of its own in `flat`.
NAMES: Final = {
    "leistungsbezeichnung": "title", "leistungsbezeichnung ii": "title", "kurztext": "summary",
    "teaser": "summary", "volltext": "what", "voraussetzungen": "who",
    "erforderliche unterlagen": "documents", "kosten": "fees", "frist": "deadline",
    "fristen": "deadline", "bearbeitungsdauer": "duration", "verfahrensablauf": "steps",
    "rechtsgrundlage": "law", "rechtsgrundlagen": "law", "rechtsgrundlage(n)": "law",
    "handlungsgrundlage(n)": "law", "handlungsgrundlagen": "law",
}  # fmt: skip
WRITTEN: Final = {
    "summary": "Kurztext", "what": "Volltext", "who": "Voraussetzungen",
    "documents": "Erforderliche Unterlagen", "steps": "Verfahrensablauf",
    "law": "Rechtsgrundlage(n)",
}  # fmt: skip
# Modules that are elements of their own.
ELEMENTS: Final = {
    "modulFrist": "deadline", "modulKosten": "fees", "modulBearbeitungsdauer": "duration",
}  # fmt: skip
_FOLDED: Final = {fold(name): key for name, key in NAMES.items()}


def module_of(code: str, name: str, own: dict[str, str]) -> str:
    """Our module of a text: by the city's table, by code, by name; empty where none fits."""
    return own.get(code) or CODES.get(code) or _FOLDED.get(fold(name.strip()), "")


def key_of(module: str, language: str) -> str:
    """The key in `flat` of a module in a language."""
    if module in ("title", "summary"):
        return module if language == "de" else f"{module}_en"
    return f"{language}.{module}"
