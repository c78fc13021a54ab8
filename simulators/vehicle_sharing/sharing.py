"""Shared bicycles as GBFS 3.0: four stations and some that stand free."""

from datetime import UTC, datetime
from math import cos, pi, sin

from simulators.vehicle_sharing.lines import chance

SYSTEM = "teilrad_demo"
STATIONS = {
    "bahnhof": ("Herne Bahnhof", 7.2172, 51.5441, 14),
    "wanne": ("Wanne-Eickel Hbf", 7.1651, 51.5318, 12),
    "wenge": ("Auf der Wenge", 7.1791, 51.5132, 8),
    "schloss": ("Schloss Strünkede", 7.2139, 51.5522, 8),
}
LOOSE = 24


def files(base: str, now: datetime) -> dict[str, object]:
    """The data of each file by its name (gbfs.org, 3.0)."""
    names = ("system_information", "vehicle_types", "station_information", "station_status",
             "vehicle_status")  # fmt: skip
    data = {
        "gbfs": {"feeds": [{"name": one, "url": f"{base}/{one}.json"} for one in names]},
        "system_information": {
            "system_id": SYSTEM, "languages": ["de"], "name": _text("Teilrad (erfunden)"),
            "operator": _text("Teilrad Beispiel GmbH (erfunden)"), "opening_hours": "24/7",
            "feed_contact_email": "teilrad@verkehr.example", "timezone": "Europe/Berlin",
        },
        "vehicle_types": {"vehicle_types": [{
            "vehicle_type_id": "rad", "form_factor": "bicycle", "propulsion_type": "human",
            "name": _text("Fahrrad"),
        }]},
        "station_information": {"stations": [
            {"station_id": uid, "name": _text(name), "lat": lat, "lon": lon, "capacity": docks}
            for uid, (name, lon, lat, docks) in STATIONS.items()
        ]},
        "station_status": {"stations": [_status(uid, now) for uid in STATIONS]},
        "vehicle_status": {"vehicles": [_loose(number, now) for number in range(LOOSE)]},
    }  # fmt: skip
    at = _stamp(now)
    return {name: {"last_updated": at, "ttl": 30, "version": "3.0", "data": one}
            for name, one in data.items()}  # fmt: skip


def _text(text: str) -> list[dict[str, str]]:
    return [{"text": text, "language": "de"}]


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _status(uid: str, now: datetime) -> dict[str, object]:
    """Fuller at night than at noon, with a little chance every ten minutes."""
    docks = STATIONS[uid][3]
    hour = now.hour + now.minute / 60
    level = 0.55 + 0.3 * cos(2 * pi * (hour - 3) / 24) + 0.15 * sin(hour * 1.7 + len(uid))
    step = int(now.timestamp() // 600)
    bikes = max(0, min(docks, round(docks * level + 3 * (chance(uid, step) - 0.5))))
    return {
        "station_id": uid, "num_vehicles_available": bikes, "num_docks_available": docks - bikes,
        "is_installed": True, "is_renting": True, "is_returning": True,
        "last_reported": _stamp(now),
    }  # fmt: skip


def _loose(number: int, now: datetime) -> dict[str, object]:
    """Each stands somewhere for two hours, often near a station."""
    turn = int(now.timestamp() // 7200)
    home = list(STATIONS.values())[int(4 * chance("home", number, turn))]
    away = 0.012 * chance("far", number, turn) ** 2
    angle = 2 * pi * chance("angle", number, turn)
    return {
        "vehicle_id": f"rad-{number}-{turn % 997}", "vehicle_type_id": "rad",
        "lat": round(home[2] + away * sin(angle), 6), "lon": round(home[1] + away * cos(angle), 6),
        "is_reserved": chance("reserved", number, turn) < 0.05, "is_disabled": False,
        "last_reported": _stamp(now),
    }  # fmt: skip
