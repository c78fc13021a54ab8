"""The HTTP board, and the page on which all boards can be looked at and broken."""

import json
from collections.abc import Callable, Mapping, Sequence
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from simulators.display_boards.board import FAILURES, Board, Line
from simulators.wire import Answer, Request, away, text, told

MOST = 64 * 1024
SIGNS = {"": "", "ahead": "↑", "half_right": "↗", "right": "→", "back_right": "↘", "back": "↓",
         "back_left": "↙", "left": "←", "half_left": "↖"}  # fmt: skip
STYLE = """
body{font:16px/1.45 system-ui,sans-serif;margin:0;background:#2b3138;color:#f3f6f8}
main{max-width:1100px;margin:0 auto;padding:16px}h1{font-size:24px}h2{font-size:18px;margin:0 0 8px}
.boards{display:grid;gap:24px;grid-template-columns:repeat(auto-fill,minmax(min(420px,100%),1fr))}
section{background:#1b2026;border-radius:14px;padding:16px}
.board{background:#050505;border:6px solid #4a525b;border-radius:10px;padding:14px 18px;
overflow:hidden}.board div{font:700 30px/1.35 "DejaVu Sans Mono",ui-monospace,monospace;
white-space:pre;color:#ffb000;min-height:1.35em;text-shadow:0 0 6px #ff9d00aa;
-webkit-mask:radial-gradient(circle,#000 58%,#0003 62%) 0 0/3px 3px;
mask:radial-gradient(circle,#000 58%,#0003 62%) 0 0/3px 3px}
.dim div{opacity:.45}.lamp div{-webkit-mask:linear-gradient(90deg,#000 55%,#0000 55% 62%,#000 62%);
mask:linear-gradient(90deg,#000 55%,#0000 55% 62%,#000 62%)}.off div{opacity:.12}
form{display:flex;flex-wrap:wrap;gap:6px;margin:10px 0 0}
button{font:inherit;padding:5px 10px;border-radius:8px;border:1px solid #8793a0;background:#2b3138;
color:#f3f6f8;cursor:pointer}button[aria-pressed=true]{background:#a8201a}
p{margin:6px 0;color:#c3ccd4}
"""


class Service:
    """Answers the city (`PUT /http/lines`, `GET /http/shown`, with the key) and people."""

    def __init__(self, boards: Sequence[Board], key: str, kept: Callable[[], None]) -> None:
        self.boards, self.key, self.kept = {one.name: one for one in boards}, key, kept

    def answer(self, request: Request) -> Answer | None:
        """None: nobody is there."""
        if request.path.startswith("/http/"):
            return self._board(self.boards["http"], request)
        if request.path == "/state.json":
            return told([one.kept() for one in self.boards.values()])
        if request.method == "POST" and request.path == "/switch":
            return self._switch(request.form)
        if request.method == "GET" and request.path == "/":
            return text(page(list(self.boards.values())))
        return told({"error": "not found"}, 404)

    def _switch(self, form: Mapping[str, str]) -> Answer:
        board = self.boards.get(form.get("board", ""))
        if board is None or form.get("failure") not in FAILURES:
            return told({"error": "unknown board or failure"}, 404)
        board.switch(form["failure"])
        self.kept()
        return away("/")

    def _board(self, board: Board, request: Request) -> Answer | None:
        if not board.reachable:
            return None
        if request.header("authorization") != f"Bearer {self.key}":
            return told({"error": "wrong key"}, 401)
        board.alive()
        if request.method == "GET" and request.path == "/http/shown":
            return told(board.kept())
        if request.method == "PUT" and request.path == "/http/lines":
            return self._order(board, request)
        return told({"error": "not found"}, 404)

    def _order(self, board: Board, request: Request) -> Answer:
        listed = request.data.get("lines")
        if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
            return told({"error": "lines must be a list"}, 400)
        arrows = [one.get("arrow", "") for one in listed]
        if any(arrow not in SIGNS for arrow in arrows):
            return told({"error": "unknown arrow"}, 400)
        lines = [Line(text=str(one.get("text", "")), arrow=one.get("arrow", "")) for one in listed]
        board.order(lines, int(request.data.get("brightness", 100)), board.sequence + 1)
        self.kept()
        return told({"sequence": board.sequence})


def page(boards: Sequence[Board]) -> str:
    """All boards; it loads itself again every few seconds."""
    sections = "".join(_section(one) for one in boards)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Display boards</title>'
        '<meta http-equiv="refresh" content="5"><meta name="viewport" content="width=device-width">'
        f"<style>{STYLE}</style><main><h1>Display boards (simulated)</h1>"
        f'<div class="boards">{sections}</div></main></html>'
    )


def _section(board: Board) -> str:
    look = " dim" if board.brightness < 60 else ""
    look += " lamp" if "lamp" in board.failures else ""
    lines = "".join(f"<div>{escape(_row(board, one))}</div>" for one in board.shown())
    said = "shows its own text" if board.fallback else f"brightness {board.brightness} %"
    buttons = "".join(
        f'<button name="failure" value="{name}" aria-pressed="{str(name in board.failures).lower()}'
        f'">{escape(title)}</button>'
        for name, title in FAILURES.items()
    )
    return (
        f'<section id="{board.name}"><h2>{escape(board.title)}</h2><div class="board{look}">{lines}'
        f"</div><p>{escape(board.protocol)}, {said}, {board.orders} orders</p>"
        f'<form method="post" action="/switch"><input type="hidden" name="board" '
        f'value="{board.name}">{buttons}</form></section>'
    )


def _row(board: Board, line: Line) -> str:
    return f"{line.text:<{board.width}} {SIGNS[line.arrow]}"


class Server(ThreadingHTTPServer):
    """One thread per call."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, host: str, port: int) -> None:
        super().__init__((host, port), Handler)
        self.service: Service | None = None


class Handler(BaseHTTPRequestHandler):
    """Hands requests to the service."""

    server: Server
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        self._do()

    def do_POST(self) -> None:
        self._do()

    def do_PUT(self) -> None:
        self._do()

    def _do(self) -> None:
        length = min(int(self.headers.get("Content-Length") or 0), MOST)
        request = Request(
            method=self.command, path=urlsplit(self.path).path, query={},
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )  # fmt: skip
        assert self.server.service is not None
        try:
            answer = self.server.service.answer(request)
        except (ValueError, TypeError) as error:
            answer = told({"error": str(error)}, 400)
        if answer is None:
            self.close_connection = True
            return
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: one line for each call helps nobody."""


def keeper(boards: Sequence[Board], write: Callable[[str], None]) -> Callable[[], None]:
    """What writes the state of all boards down."""
    return lambda: write(json.dumps({one.name: one.kept() for one in boards}))
