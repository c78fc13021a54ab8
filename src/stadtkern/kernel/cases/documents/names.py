"""Names of files as they are kept: readable, and harmless wherever they are put."""

import re
import unicodedata
from typing import Final

LONGEST: Final = 120
# Names that Windows keeps for devices.
DEVICES: Final = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$", re.IGNORECASE)


def cleaned(name: str, ending: str) -> str:
    """The last part of a path without control characters, with the ending of what it really is."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = "".join(
        one for one in last if unicodedata.category(one)[0] not in "CZ" or one == " "
    )  # fmt: skip
    stem = re.sub(r'[<>:"|?*]', "", plain.rpartition(".")[0] or plain).strip(" .")
    if not stem or DEVICES.match(stem):
        stem = "datei"
    return f"{stem[:LONGEST]}.{ending}"
