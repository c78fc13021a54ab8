"""The demo's display boards: invented, at the two stations, played by a simulator."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.db import transaction

from stadtkern.kernel.devices import provision as device_provision
from stadtkern.kernel.devices.models import Profile
from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.sealing import seal
from stadtkern.kernel.things import provision
from stadtkern.systems.parking import logic
from stadtkern.systems.parking.logic.boards import watch
from stadtkern.systems.parking.logic.boards.working import KIND
from stadtkern.systems.parking.models import Board, BoardLine, Site

CONTRACT = "demo-display_boards.json"
# As the simulator has them: its page's port, so far above it Modbus, and its radio's DevEUI.
PORT, MODBUS_ABOVE, DEV_EUI = 8100, 20, "02534b3000000001"
HERNE, WANNE = "8000164", "8000192"
SOURCE = "Erfunden für die Demo"
ABOUT = "Demo-Anzeigetafel: Tafel und Standort sind erfunden, ein Simulator spielt sie."
ABOUT_EN = "Demo board: the board and its position are invented; a simulator plays it."


@dataclass(frozen=True, kw_only=True)
class Invented:
    """A board and its lines; `sites` of a line are stations."""

    uid: str
    name: str
    name_en: str
    at: tuple[float, float]
    facing: int
    protocol: str
    lines: tuple[dict[str, Any], ...]


BOARDS = (
    Invented(
        uid="herne-bahnhof", name="Anzeigetafel Bahnhof Herne", name_en="Board at Herne station",
        at=(7.2197, 51.5419), facing=330, protocol="modbus",
        lines=(
            {"label": "P+R Herne", "sites": [HERNE], "arrow": "auto"},
            {"label": "Rollstuhl", "sites": [HERNE], "audience": "disabled", "fallback": "siehe P"},
            {"label": "Alle P+R", "sites": [HERNE, WANNE], "content": "sum",
             "unknown": "at_least"},
        ),
    ),
    Invented(
        uid="zufahrt-west", name="Wegweiser Zufahrt West", name_en="Sign at the western approach",
        at=(7.1905, 51.5372), facing=60, protocol="http",
        lines=(
            {"label": "P+R", "sites": [HERNE, WANNE], "content": "guide", "arrow": "auto"},
            {"label": "Umstieg zur Bahn", "content": "text"},
        ),
    ),
    Invented(
        uid="wanne-hbf", name="Anzeigetafel Wanne-Eickel Hbf",
        name_en="Board at Wanne-Eickel main station",
        at=(7.1671, 51.5301), facing=320, protocol="lorawan",
        lines=(
            {"label": "P+R Wanne", "sites": [WANNE], "arrow": "auto"},
            {"label": "E-Autos", "sites": [WANNE], "audience": "electric"},
        ),
    ),
)  # fmt: skip
# For signs: names that fit into a line.
SHORT = {HERNE: "P+R Herne", WANNE: "P+R Wanne"}


def fill(stations: Mapping[str, UUID]) -> None:
    """Make what is missing; `stations` are the places of the car parks by their station."""
    for station, key in stations.items():
        _name(station, key)
    sites = {station: Site.objects.get(place__public_id=key) for station, key in stations.items()}
    contract = _contract()
    for one in BOARDS:
        with transaction.atomic():
            board = _board(one, contract)
            _lines(board, one, sites)
    _radio()
    watch.ensure()


def _name(station: str, key: UUID) -> None:
    place = Place.objects.get(public_id=key)
    logic.facts_of([place])
    if "sign" not in place.properties:
        place.properties["sign"] = SHORT.get(station, place.name)
        place.save(update_fields=["properties"])


def _contract() -> dict[str, Any]:
    path = Path(settings.DATA) / CONTRACT
    if not path.exists():
        return {"host": "127.0.0.1", "port": PORT, "key": ""}
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _address(protocol: str, contract: Mapping[str, Any]) -> str:
    host, port = contract["host"], int(contract["port"])
    return {
        "modbus": f"{host}:{port + MODBUS_ABOVE}/1",
        "http": f"http://{host}:{port}/http",
        "lorawan": DEV_EUI,
    }[protocol]


def _board(one: Invented, contract: Mapping[str, Any]) -> Board:
    place, _new = Place.objects.get_or_create(
        public_id=uuid5(UUID(int=44623), one.uid),
        defaults={
            "kind": KIND, "name": one.name, "name_en": one.name_en, "about": ABOUT,
            "about_en": ABOUT_EN, "geometry": point(*one.at), "source": SOURCE, "invented": True,
        },
    )  # fmt: skip
    board, _new = Board.objects.get_or_create(
        uid=one.uid,
        defaults={"place": place, "protocol": one.protocol, "facing": one.facing, "low_word": "",
                  "address": _address(one.protocol, contract)},
    )  # fmt: skip
    # A new data folder has a new simulator.
    board.address, board.secret = _address(one.protocol, contract), seal(contract["key"])
    board.save(update_fields=["address", "secret"])
    return board


def _lines(board: Board, one: Invented, sites: Mapping[str, Site]) -> None:
    for number, line in enumerate(one.lines, start=1):
        fields = {name: value for name, value in line.items() if name != "sites"}
        made, new = BoardLine.objects.get_or_create(board=board, number=number, defaults=fields)
        if new:
            made.sites.set([sites[station] for station in line.get("sites", ())])


def _radio() -> None:
    """The device of the board that speaks LoRaWAN."""
    board = Board.objects.select_related("place").get(address=DEV_EUI)
    profile = Profile.objects.get(slug="open-display-board")
    named = [(board.place, board.place.name)]
    (thing,) = provision.things(KIND, named, sensor=profile.sensor, source=SOURCE)
    device_provision.devices(profile, [(DEV_EUI, board.place.name, thing)])
