"""The credentials of a request, and what is answered where they do not suffice (RFC 6750)."""

import base64
import binascii

from stadtkern.kernel.sensorthings.problem import Problem

_REALM = 'Bearer realm="SensorThings"'
_BASIC = 'Basic realm="SensorThings"'


def secret_in(authorization: str) -> str:
    """The key or token: a bearer token, or the password of a basic log-in; empty without any.

    Raises Problem (401): the header is there, but holds neither.
    """
    scheme, _, rest = authorization.strip().partition(" ")
    if not scheme:
        return ""
    if scheme.lower() == "bearer" and rest.strip():
        return rest.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(rest, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            pass
    raise missing("Authorization must be 'Bearer <key or token>', or Basic with it as password")


def missing(message: str) -> Problem:
    """401: there are no credentials that could be looked at."""
    return Problem(401, message, ("WWW-Authenticate", f"{_REALM}, {_BASIC}"))


def invalid(message: str) -> Problem:
    """401: the key or token is not valid."""
    told = f'{_REALM}, error="invalid_token", error_description="{_quoted(message)}"'
    return Problem(401, message, ("WWW-Authenticate", f"{told}, {_BASIC}"))


def insufficient(message: str, scope: str) -> Problem:
    """403: it is valid, but for something else."""
    told = f'{_REALM}, error="insufficient_scope", error_description="{_quoted(message)}"'
    return Problem(403, message, ("WWW-Authenticate", f'{told}, scope="{scope}"'))


def _quoted(message: str) -> str:
    """As RFC 6750, 3, allows it in an error description."""
    plain = "".join(one if " " <= one <= "~" else "?" for one in message)
    return plain.replace("\\", "/").replace('"', "'")
