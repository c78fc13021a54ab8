"""The HTTP server: feeds for those with the key, sent again only when they changed."""

import hashlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from simulators.car_park_operator import formats
from simulators.car_park_operator.houses import Operator
from simulators.wire import Answer, told

FEEDS = {
    "/parkapi/v3/parking-sites": (formats.parkapi_v3, "application/json"),
    "/parkapi/v1": (formats.parkapi_v1, "application/json"),
    "/datex2/table.xml": (formats.datex2_table, "application/xml"),
    "/datex2/status.xml": (formats.datex2_status, "application/xml"),
}


class Server(ThreadingHTTPServer):
    """One thread per call; no call is waited for at the end."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, host: str, port: int, operator: Operator, *, key: str = "") -> None:
        super().__init__((host, port), Handler)
        self.operator, self.key = operator, key


class Handler(BaseHTTPRequestHandler):
    """Reads the address, asks for the key, sends a document or that it is unchanged."""

    server: Server
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        path = urlsplit(self.path).path.rstrip("/") or "/"
        if path == "/":
            self._send(told({"name": "Parkbetriebe Beispiel (erfunden)", "feeds": list(FEEDS)}))
        elif path not in FEEDS:
            self._send(told({"title": "Not Found"}, 404))
        elif self.server.key and self.headers.get("Authorization") != f"Bearer {self.server.key}":
            self._send(told({"title": "Unauthorized"}, 401))
        else:
            self._feed(path)

    def _feed(self, path: str) -> None:
        write, kind = FEEDS[path]
        body = write(self.server.operator.now())
        mark = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if self.headers.get("If-None-Match") == mark:
            self._send(Answer(status=304, headers={"ETag": mark}))
        else:
            self._send(Answer(body=body, kind=kind, headers={"ETag": mark}))

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
