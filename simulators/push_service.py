"""A push service and the browser behind it: takes messages (RFC 8030), decrypts them (RFC 8291).

`python simulators/push_service.py --port 8900` prints one JSON line with a subscription, then one
for each message that arrives. It checks the sender's signature (RFC 8292) and answers as services
do: 201, or with `--answer` 404, 410, 429 and the like.
"""

import argparse
import base64
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import http_ece
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

MOST = 4096


def text(data: bytes) -> str:
    """Base64 for addresses, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def data(said: str) -> bytes:
    """The bytes again."""
    return base64.urlsafe_b64decode(said + "=" * (-len(said) % 4))


class Browser:
    """One subscription: its keys, and what has arrived."""

    def __init__(self, address: str) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = os.urandom(16)
        self.address = address
        self.messages: list[dict[str, object]] = []

    @property
    def subscription(self) -> dict[str, object]:
        """As `PushSubscription.toJSON` says it."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": text(point), "auth": text(self.secret)}
        return {"endpoint": self.address, "expirationTime": None, "keys": keys}

    def read(self, body: bytes) -> str:
        """What only this browser can read."""
        return http_ece.decrypt(
            body, private_key=self.key, auth_secret=self.secret, version="aes128gcm"
        ).decode()


def sender(header: str) -> dict[str, object]:
    """The claims of a sender whose signature fits its key. Raises ValueError."""
    scheme, _space, rest = header.partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    if scheme.lower() != "vapid" or set(parts) != {"t", "k"}:
        raise ValueError("no VAPID")
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data(parts["k"]))
    claims = jwt.decode(parts["t"], key, algorithms=["ES256"], options={"verify_aud": False})
    return {**claims, "k": parts["k"]}


class Service(ThreadingHTTPServer):
    """Listens on loopback; `answer` is the status of the next messages."""

    def __init__(self, port: int = 0, answer: int = 201) -> None:
        super().__init__(("127.0.0.1", port), Door)
        self.answer = answer
        host = f"http://127.0.0.1:{self.server_address[1]}"
        self.browser = Browser(f"{host}/push/{text(os.urandom(12))}")
        self.origin = host

    def check(self, claims: dict[str, object]) -> None:
        """For this service, for a day at most, and from somebody (RFC 8292, 2). Raises ValueError.

        The library has checked the signature, and that the time is not over.
        """
        ends, contact = claims.get("exp"), str(claims.get("sub", ""))
        if claims.get("aud") != self.origin or not isinstance(ends, int):
            raise ValueError("not for this service")
        if ends > time.time() + 86400 or not contact.startswith(("mailto:", "https://")):
            raise ValueError("for too long, or from nobody")


class Door(BaseHTTPRequestHandler):
    """One request."""

    server: Service

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, said = self.judged(body)
        self.send_response(status)
        if status == 201:
            self.server.browser.messages.append(said)
            self.send_header("Location", f"/message/{len(self.server.browser.messages)}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def judged(self, body: bytes) -> tuple[int, dict[str, object]]:
        """201 with what it said, or why not."""
        if self.server.answer != 201:
            return self.server.answer, {}
        if not self.server.browser.address.endswith(self.path):
            return 404, {}
        if len(body) > MOST or self.headers.get("Content-Encoding") != "aes128gcm":
            return 413 if len(body) > MOST else 415, {}
        if not (self.headers.get("TTL") or "").isdecimal():
            return 400, {}
        try:
            claims = sender(self.headers.get("Authorization", ""))
            self.server.check(claims)
        except (ValueError, jwt.InvalidTokenError):
            return 401, {}
        told = {"message": json.loads(self.server.browser.read(body)), "claims": claims,
                "ttl": int(self.headers["TTL"]), "urgency": self.headers.get("Urgency"),
                "bytes": len(body)}  # fmt: skip
        return 201, told

    def log_message(self, format: str, *args: object) -> None:
        """What arrives is printed by `main`."""


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description="A push service that shows what it gets.")
    parser.add_argument("--port", type=int, default=8900)
    parser.add_argument("--answer", type=int, default=201)
    given = parser.parse_args()
    service = Service(given.port, given.answer)
    print(json.dumps(service.browser.subscription), flush=True)
    append = service.browser.messages.append

    class Shown(list[dict[str, object]]):
        def append(self, said: dict[str, object]) -> None:
            append(said)
            print(json.dumps(said, ensure_ascii=False), flush=True)

    service.browser.messages = Shown()
    try:
        service.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
