"""The HTTP server round the service."""

from binascii import Error as NotBase64
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from lxml.etree import LxmlError  # noqa: TID253  a program of its own

from simulators.identity_provider import page
from simulators.identity_provider.saml import Wrong
from simulators.identity_provider.service import Answer, Service

MOST = 1_000_000


class Server(ThreadingHTTPServer):
    """One thread per call; no call is waited for at the end."""

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

    def _do(self) -> None:
        parts = urlsplit(self.path)
        length = min(int(self.headers.get("Content-Length") or 0), MOST)
        body = self.rfile.read(length).decode("utf-8", "replace")
        form = dict(parse_qsl(body, keep_blank_values=True))
        assert self.server.service is not None
        try:
            answer = self.server.service.answer(
                self.command, parts.path, dict(parse_qsl(parts.query)), form
            )
        except (Wrong, KeyError, ValueError, OSError, NotBase64, LxmlError) as error:
            answer = Answer(status=400, body=page.problem(f"{type(error).__name__}: {error}"))
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        body = answer.body.encode()
        try:
            self.send_response(answer.status)
            if answer.location:
                self.send_header("Location", answer.location)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: one line for each call helps nobody."""
