"""The HTTP server: all feeds, open to everybody."""

import hashlib
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from simulators.vehicle_sharing import delays, sharing, timetable
from simulators.wire import Answer, told


class Server(ThreadingHTTPServer):
    """One thread per call; no call is waited for at the end."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, host: str, port: int) -> None:
        super().__init__((host, port), Handler)

    @property
    def base(self) -> str:
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"


class Handler(BaseHTTPRequestHandler):
    """Reads the address, sends the document or that it is unchanged."""

    server: Server
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        now = datetime.now(UTC)
        path = urlsplit(self.path).path.strip("/")
        if path == "gtfs.zip":
            today = now.astimezone(ZoneInfo(timetable.ZONE)).date()
            self._marked(timetable.packed(today), "application/zip")
        elif path == "gtfs-rt.pb":
            self._send(Answer(body=delays.message(now), kind="application/x-protobuf"))
        else:
            found = sharing.files(self.server.base, now).get(path.removesuffix(".json"))
            if path == "":
                found = {"name": "Teilrad und Demo-Verkehr (erfunden)",
                         "feeds": ["gbfs.json", "gtfs.zip", "gtfs-rt.pb"]}  # fmt: skip
            self._send(told(found) if found else told({"title": "Not Found"}, 404))

    def _marked(self, body: bytes, kind: str) -> None:
        mark = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        same = self.headers.get("If-None-Match") == mark
        self._send(Answer(status=304 if same else 200, body=b"" if same else body, kind=kind,
                          headers={"ETag": mark}))  # fmt: skip

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_said: object) -> None:
        """Quiet: the platform's log says what was read."""
