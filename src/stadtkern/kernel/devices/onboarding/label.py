"""Reads what stands on a device's label: its QR code (LoRa Alliance TR005), or plain text."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

EUI = 16
KEY = 32
HEX = frozenset("0123456789abcdef")
SEPARATORS = re.compile(r"[\s:.\-]+")
# TR005 section 4.2: LW:D0:<JoinEUI>:<DevEUI>:<ProfileID>, then fields named by their first letter.
TR005 = re.compile(r"^LW:D0:([^:]*):([^:]*):([^:]*)((?::.*)?)$", re.I | re.S)
# Its earlier drafts, still on devices that are sold: URN:LW:DP:, URN:DEV:LW:.
DRAFT2 = re.compile(r"^URN:LW:DP:([^:]*):([^:]*):([^:]*)((?::.*)?)$", re.I | re.S)
DRAFT3 = re.compile(r"^URN:DEV:LW:([0-9a-f]{16})_([0-9a-f]{16})_([0-9a-f]{8})(.*)$", re.I | re.S)
# "DevEUI: 24-E1-..", "AppKey=5572..", one a line or several in one.
NAMED = re.compile(
    r"\b(dev|join|app)[ _-]*(eui|key)\b\W{0,4}"
    r"((?:[0-9a-f][ :.\-]?){31}[0-9a-f]|(?:[0-9a-f][ :.\-]?){15}[0-9a-f])(?![0-9a-f])",
    re.I,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """What a label says. EUIs and the key in lower-case hex, empty where they are not there.

    `vendor` and `model` are the two halves of a TR005 ProfileID (VendorID, VendorProfileID), in
    upper-case hex as the LoRa Alliance lists them.
    """

    dev_eui: str
    join_eui: str = ""
    app_key: str = ""
    vendor: str = ""
    model: str = ""
    serial: str = ""
    owner: str = ""


def read(text: str) -> Label:
    """The label in this text. Raises ValueError with a sentence that says what is wrong with it."""
    text = text.strip()
    for pattern in (TR005, DRAFT2, DRAFT3):
        if match := pattern.match(text):
            return _coded(match)
    if text.upper().startswith(("LW:", "URN:")):
        raise ValueError(
            _("This QR code is not complete. Scan it again, or type the DevEUI that stands beside.")
        )
    named = {f"{what}{sort}".lower(): plain(value) for what, sort, value in NAMED.findall(text)}
    if "deveui" in named:
        return _labelled(named)
    return Label(dev_eui=eui(text))


def plain(text: str) -> str:
    """Without separators, in lower case: as the database keeps it."""
    return SEPARATORS.sub("", text.strip().lower()).removeprefix("0x")


def eui(text: str, name: str = "DevEUI") -> str:
    """Sixteen hexadecimal digits, with or without separators. ValueError: it is none."""
    return _hex(text, EUI, name)


def key(text: str, name: str = "AppKey") -> str:
    """Thirty-two hexadecimal digits, with or without separators. ValueError: it is none."""
    return _hex(text, KEY, name)


def _hex(text: str, length: int, name: str) -> str:
    found = plain(text)
    if wrong := sorted(set(found) - HEX):
        raise ValueError(
            _("%(name)s has only digits 0-9 and letters a-f; this one has “%(wrong)s”.")
            % {"name": name, "wrong": " ".join(wrong[:5])}
        )
    if len(found) != length:
        raise ValueError(
            _("%(name)s has %(length)d characters; this one has %(count)d.")
            % {"name": name, "length": length, "count": len(found)}
        )
    return found


def _coded(match: re.Match[str]) -> Label:
    profile = _hex(match[3], 8, "ProfileID").upper()
    fields = {part[:1].upper(): part[1:] for part in re.split(r"[:_%]", match[4] or "") if part}
    return Label(
        join_eui=eui(match[1], "JoinEUI"),
        dev_eui=eui(match[2]),
        vendor=profile[:4],
        model=profile[4:],
        serial=fields.get("S", "")[:80],
        owner=fields.get("O", "")[:80],
    )


def _labelled(named: dict[str, str]) -> Label:
    join = named.get("joineui", named.get("appeui", ""))
    return Label(
        dev_eui=eui(named["deveui"]),
        join_eui=eui(join, "JoinEUI") if join else "",
        app_key=key(named["appkey"]) if named.get("appkey") else "",
    )
