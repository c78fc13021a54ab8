"""The HTTP server round the service."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from simulators.payment_provider.service import Gone, Service
from simulators.wire import Answer, Request, told

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
        request = Request(
            method=self.command, path=parts.path, query=dict(parse_qsl(parts.query)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )  # fmt: skip
        assert self.server.service is not None
        try:
            answer = self.server.service.answer(request)
        except Gone:
            self.close_connection = True
            return
        except (KeyError, ValueError, TypeError, IndexError) as error:
            answer = told({"title": "Bad Request", "detail": str(error)}, 400)
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        try:
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(answer.body)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: one line for each call helps nobody."""
