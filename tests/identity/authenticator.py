"""A security key in software: makes and uses passkeys as Web Authentication says (level 2)."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(data):
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def data(code):
    return urlsafe_b64decode(code + "=" * (-len(code) % 4))


class Authenticator:
    """One key for one site."""

    def __init__(self, origin="http://testserver", host="testserver"):
        self.origin, self.host = origin, host
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(32)
        self.uses = 0

    def make(self, options, *, flags=PRESENT | VERIFIED | ATTESTED):
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        attested = bytes(16) + len(self.id).to_bytes(2) + self.id + cbor2.dumps(cose)
        told = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": self._head(flags) + attested})
        client = self._client("webauthn.create", options["challenge"])
        response = {"clientDataJSON": text(client), "attestationObject": text(told)}
        return self._credential(response)

    def use(self, options, *, flags=PRESENT | VERIFIED, challenge=None):
        self.uses += 1
        head = self._head(flags)
        client = self._client("webauthn.get", challenge or options["challenge"])
        signed = head + hashlib.sha256(client).digest()
        signature = self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        response = {"clientDataJSON": text(client), "authenticatorData": text(head),
                    "signature": text(signature), "userHandle": None}  # fmt: skip
        return self._credential(response)

    def _head(self, flags):
        host = hashlib.sha256(self.host.encode()).digest()
        return host + bytes([flags]) + self.uses.to_bytes(4)

    def _client(self, kind, challenge):
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _credential(self, response):
        number = text(self.id)
        return {"id": number, "rawId": number, "type": "public-key", "response": response,
                "clientExtensionResults": {}}  # fmt: skip
