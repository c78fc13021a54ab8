"""The password file of the MQTT broker, in Mosquitto's own form, which both brokers read."""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

SHAPE = "$7$"  # PBKDF2 with SHA-512: $7$iterations$salt$hash
# The passwords are long and random; the broker answers nobody else while it checks one.
ITERATIONS = 5_000


def password_line(user: str, password: str) -> str:
    salt = secrets.token_bytes(12)
    digest = _digest(password, salt, ITERATIONS)
    coded = "$".join(base64.b64encode(part).decode() for part in (salt, digest))
    return f"{user}:{SHAPE}{ITERATIONS}${coded}"


def write_passwords(path: Path, accounts: Mapping[str, str]) -> None:
    """Replaces the file as a whole, readable by us only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.writelines(password_line(*account) + "\n" for account in accounts.items())
    fresh.replace(path)


def read_passwords(path: Path) -> dict[str, str]:
    """User to coded password; lines in another form count for nothing."""
    lines = [line.strip().partition(":") for line in path.read_text().splitlines()]
    return {user: coded for user, _, coded in lines if user and coded.startswith(SHAPE)}


def password_matches(password: str, coded: str) -> bool:
    try:
        _, _, iterations, salt, digest = coded.split("$")
        expected = base64.b64decode(digest, validate=True)
        found = _digest(password, base64.b64decode(salt, validate=True), int(iterations))
    except (ValueError, binascii.Error):
        return False
    return hmac.compare_digest(found, expected)


def _digest(password: str, salt: bytes, iterations: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha512", password.encode(), salt, iterations)
