"""A page to play with: the wall of each place, a PIN pad, a card reader, and faults."""

import json
from collections.abc import Sequence
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from simulators.bike_locker.controller import Controller, Door

STYLE = """
body{font:16px/1.45 system-ui,sans-serif;margin:0;background:#f3f6f8;color:#12181f}
main{max-width:1100px;margin:0 auto;padding:16px}h1{font-size:24px}h2{font-size:19px;margin:0 0 8px}
section{background:#fff;border:1px solid #dfe5ea;border-radius:14px;padding:16px;margin:0 0 1em}
ul{list-style:none;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));
gap:8px}li{border:1px solid #76828d;border-radius:10px;padding:8px}li.open{background:#fff1d6}
li.forced{background:#fde5e3}form{display:inline-flex;flex-wrap:wrap;gap:6px;margin:2px 0}
button,input{font:inherit;padding:5px 9px;border-radius:8px;border:1px solid #76828d;
background:#fff;color:#12181f}
.say{font-weight:700;background:#e3f3ee;padding:8px 12px;border-radius:8px}
"""


def serve(
    controllers: Sequence[Controller], port: int, host: str = "127.0.0.1"
) -> ThreadingHTTPServer:
    """A server that is ready to run."""
    known = {one.facility: one for one in controllers}

    class Handler(BaseHTTPRequestHandler):
        said = ""

        def do_GET(self) -> None:
            if self.path.startswith("/state.json"):
                self._send(json.dumps([state(one) for one in known.values()]), "application/json")
            else:
                self._send(whole(list(known.values()), Handler.said), "text/html; charset=utf-8")

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            form = {k: v[0] for k, v in parse_qs(self.rfile.read(length).decode()).items()}
            controller = known.get(form.get("facility", ""))
            if controller is None:
                self.send_error(404)
                return
            Handler.said = act(controller, form)
            if "json" in self.path:
                self._send(json.dumps({"said": Handler.said}), "application/json")
                return
            self.send_response(303)
            self.send_header("Location", f"/#{controller.facility}")
            self.end_headers()

        def _send(self, text: str, kind: str) -> None:
            body = text.encode()
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """The tree shows what matters."""

    return ThreadingHTTPServer((host, port), Handler)


def act(controller: Controller, form: dict[str, str]) -> str:
    """One deed of the page; what the display says."""
    what, text = form.get("do", ""), form.get("text", "")
    box = int(form.get("box") or 0)
    if what == "pin":
        return controller.typed(text)
    if what == "card":
        return controller.card(text)
    if what in ("online", "offline"):
        controller.online = what == "online"
    elif what in ("power_on", "power_off"):
        controller.switch_power(what == "power_on")
    elif what == "skew":
        controller.skew = float(text or 0)
    elif box in controller.doors:
        _door(controller, box, what)
    return f"{what} {box or ''}".strip()


def _door(controller: Controller, box: int, what: str) -> None:
    deeds = {
        "close": lambda: controller.close(box),
        "bike_in": lambda: controller.bike(box, True),
        "bike_out": lambda: controller.bike(box, False),
        "force": lambda: controller.force(box),
        "key": lambda: controller.unlock(box, "key"),
    }
    if what == "jam":
        controller.doors[box].jammed = not controller.doors[box].jammed
    elif what in deeds:
        deeds[what]()


def state(controller: Controller) -> dict[str, Any]:
    """For programs that look."""
    return {
        "facility": controller.facility, "online": controller.online, "power": controller.power,
        "list": controller.version, "entries": len(controller.entries),
        "waiting": len(controller.events) + len(controller.answers),
        "boxes": [{"number": d.number, "open": d.open, "bike": d.bike, "jammed": d.jammed}
                  for d in controller.doors.values()],
    }  # fmt: skip


def whole(controllers: Sequence[Controller], said: str) -> str:
    """The page."""
    sections = "".join(_section(one) for one in controllers)
    display = f'<p class="say" role="status">{escape(said)}</p>' if said else ""
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Bike lockers</title>'
        '<meta name="viewport" content="width=device-width"><style>' + STYLE + "</style><main>"
        f"<h1>Bike lockers (simulated)</h1>{display}{sections}</main></html>"
    )


def _section(one: Controller) -> str:
    doors = "".join(_box(one, door) for door in one.doors.values())
    net = "offline" if one.online else "online"
    power = "power_off" if one.power else "power_on"
    waiting = len(one.events) + len(one.answers)
    return (
        f'<section id="{one.facility}"><h2>{escape(one.title)}</h2>'
        f"<p>{'online' if one.online else 'OFFLINE'}, {'power' if one.power else 'NO POWER'}, "
        f"{len(one.entries)} entries in the list, {waiting} messages waiting</p>"
        + _field(one, "pin", "PIN or 20 digits", "Type it")
        + _field(one, "card", "Card number", "Hold card to reader")
        + _field(one, "skew", "Clock wrong by s", "Set")
        + _button(one, 0, net, net)
        + _button(one, 0, power, power)
        + f"<ul>{doors}</ul></section>"
    )


def _box(one: Controller, door: Door) -> str:
    look = "forced" if door.forced else "open" if door.open else ""
    words = (
        "forced open" if door.forced else "open" if door.open else "closed",
        "bicycle inside" if door.bike else "empty",
        "jammed" if door.jammed else "",
    )
    deeds = ["close", "bike_out" if door.bike else "bike_in"] if door.open else ["key", "force"]
    buttons = "".join(_button(one, door.number, deed, deed.replace("_", " ")) for deed in deeds)
    buttons += _button(one, door.number, "jam", "free" if door.jammed else "jam")
    said = ", ".join(word for word in words if word)
    return (
        f'<li class="{look}"><b>{door.number}</b> {escape(door.size)}<br>{said}<br>{buttons}</li>'
    )


def _button(one: Controller, box: int, deed: str, text: str) -> str:
    number = f'<input type="hidden" name="box" value="{box}">' if box else ""
    place = f'<input type="hidden" name="facility" value="{one.facility}">'
    return (f'<form method="post">{place}'
            f'{number}<button name="do" value="{deed}">{escape(text)}</button></form>')  # fmt: skip


def _field(one: Controller, deed: str, label: str, text: str) -> str:
    return (f'<form method="post"><input type="hidden" name="facility" value="{one.facility}">'
            f'<input name="text" aria-label="{label}" placeholder="{label}">'
            f'<button name="do" value="{deed}">{text}</button></form> ')  # fmt: skip
