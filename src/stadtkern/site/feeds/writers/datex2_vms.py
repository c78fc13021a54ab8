"""Signs with changing messages as DATEX II 3.7: where they stand, and what they show now."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from stadtkern.kernel.feeds.signs import Arrow, Panel, Sign, SignState
from stadtkern.site.feeds.publication import Signs
from stadtkern.site.feeds.writers import tree
from stadtkern.site.feeds.writers.payload_v3 import COMMON, SCHEMA, head, payload, point, words
from stadtkern.site.feeds.writers.tree import Branch

VMS: Final = f"{SCHEMA}vms"
PREFIXES: Final = {"vms": VMS}
TABLE: Final = "signs"
# Each sign has a controller of its own, which has this one sign.
ONLY: Final = "1"
TEXTS: Final = "1"
# Arrows that the standard has a picture of; the others are told in words.
PICTURES: Final[Mapping[Arrow, str]] = {
    "ahead": "straightVerticalArrow", "left": "curveArrowToLeft", "right": "curveArrowToRight",
    "half_left": "obliqueArrowToLeft", "half_right": "obliqueArrowToRight",
}  # fmt: skip
DIRECTIONS: Final[Mapping[Arrow, str]] = {
    "ahead": "geradeaus", "half_right": "halb rechts", "right": "rechts",
    "back_right": "hinten rechts", "back": "zurück", "back_left": "hinten links",
    "left": "links", "half_left": "halb links",
}  # fmt: skip
WORKING: Final[Mapping[SignState, str]] = {
    "working": "working", "differs": "working", "failed": "notWorking", "off": "notWorking",
}  # fmt: skip
FAULTS: Final[Mapping[SignState, str]] = {
    "differs": "incorrectMessageDisplayed", "failed": "outOfService",
}  # fmt: skip


def table(told: Signs) -> bytes:
    """The signs: what changes seldom."""
    top = payload(told, "vms:VmsTablePublication", PREFIXES)
    head(top, VMS)
    found = top.add("vmsControllerTable", namespace=VMS, id=TABLE, version=_version(told))
    found.add("vmsControllerTableIdentification", f"Anzeigetafeln in {told.city}")
    for one in told.signs:
        _controller(found, one)
    return tree.written(top)


def status(told: Signs) -> bytes:
    """What each sign says that it shows; one that does not answer shows nothing we know of."""
    top = payload(told, "vms:VmsPublication", PREFIXES)
    head(top, VMS)
    for one in told.signs:
        _status(told, top, one)
    return tree.written(top)


def _version(told: Signs) -> str:
    at = max((one.static_at for one in told.signs), default=told.generated)
    return str(int(at.timestamp()))


def _version_of(one: Sign) -> str:
    return str(int(one.static_at.timestamp()))


def _controller(found: Branch, one: Sign) -> None:
    controller = found.add("vmsController", id=one.id, version=_version_of(one))
    controller.add("numberOfVms", 1)
    sign = controller.add("vms", vmsIndex=ONLY).add("vms")
    made_up = " (erfunden für eine Demo)" if one.invented else ""
    words(sign, "description", f"{one.title}{made_up}")
    sign.add("dynamicallyConfigurable", text=False)
    sign.add("dedicatedUsage", "parkingInformation")
    _areas(sign.add("vmsConfiguration"), one)
    point(sign, "vmsLocation", one.lon, one.lat)


def _areas(configuration: Branch, one: Sign) -> None:
    """All lines are one area of text, and beside each is room for an arrow."""
    configuration.add("numberOfDisplayAreas", 1 + len(one.panels))
    outer = configuration.add("displayArea", displayAreaIndex=TEXTS)
    texts = outer.add("displayArea", type_="vms:TextDisplayArea")
    if one.width:
        texts.add("maxNumberOfCharacters", one.width)
    texts.add("maxNumberOfRows", len(one.panels))
    for number in range(len(one.panels)):
        outer = configuration.add("displayArea", displayAreaIndex=_arrow_area(number))
        outer.add("displayArea", type_="vms:PictogramDisplayArea")


def _arrow_area(number: int) -> str:
    return str(number + 2)


def _status(told: Signs, top: Branch, one: Sign) -> None:
    outer = top.add("vmsControllerStatus", namespace=VMS)
    for name, kind, uid, version in (
        ("vmsControllerTableReference", "vms:VmsControllerTable", TABLE, _version(told)),
        ("vmsControllerReference", "vms:VmsController", one.id, _version_of(one)),
    ):
        outer.add(name, targetClass=kind, id=uid, version=version)
    outer.maybe("statusUpdateTime", one.updated)
    found = outer.add("vmsStatus", vmsIndex=ONLY).add("vmsStatus")
    found.maybe("statusUpdateTime", one.updated)
    found.maybe("workingStatus", _working(one))
    if one.state in ("working", "differs") and one.since is not None:
        _message(found.add("vmsMessage", messageIndex="1").add("vmsMessage"), one, one.since)
    if one.state in FAULTS:
        _fault(found.add("vmsFault"), told, one, "vmsFault", FAULTS[one.state])
    if one.state == "silent":
        _fault(outer.add("vmsControllerFault"), told, one, "vmsControllerFault",
               "communicationsFailure")  # fmt: skip


def _working(one: Sign) -> str:
    dark = one.state == "working" and one.since and not any(p.text or p.arrow for p in one.panels)
    return "blank" if dark else WORKING.get(one.state, "")


def _message(message: Branch, one: Sign, since: datetime) -> None:
    message.add("setBySystem", text=True)
    message.add("timeLastSet", since)
    outer = message.add("displayAreaSettings", displayAreaIndex=TEXTS)
    texts = outer.add("displayAreaSettings", type_="vms:TextDisplay")
    texts.add("isBlank", not any(panel.text for panel in one.panels))
    for number, panel in enumerate(one.panels, 1):
        line = texts.add("textLine", lineIndex=str(number)).add("textLine")
        line.add("textLine", panel.text)
        line.add("isExactTextOnSign", text=True)
    for number, panel in enumerate(one.panels):
        if panel.arrow:
            _arrow(message, number, panel)


def _arrow(message: Branch, number: int, panel: Panel) -> None:
    outer = message.add("displayAreaSettings", displayAreaIndex=_arrow_area(number))
    display = outer.add("displayAreaSettings", type_="vms:PictogramDisplay")
    picture = display.add("pictogram", type_="vms:RegularPictogram")
    words(picture, "additionalDescription", DIRECTIONS[panel.arrow])
    picture.add("pictogramDescription", PICTURES.get(panel.arrow, "other"))


def _fault(fault: Branch, told: Signs, one: Sign, name: str, word: str) -> None:
    if one.fault:
        words(fault, "faultDescription", one.fault, COMMON)
    fault.add("faultLastUpdateTime", one.updated or told.generated, namespace=COMMON)
    fault.add(name, word)
