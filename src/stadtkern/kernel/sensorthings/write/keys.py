"""Who may write: the API key in a request's `Authorization` header."""

import base64
import binascii

from stadtkern.kernel.people.models import ApiKey, digest_of
from stadtkern.kernel.sensorthings.problem import Problem

SCOPE = "things:write"
_ASK = ("WWW-Authenticate", 'Bearer realm="SensorThings", Basic realm="SensorThings"')


def writer(authorization: str) -> ApiKey:
    """The key of a program that may write.

    Raises Problem: no key or none that is valid (401), a key for something else (403).
    """
    secret = secret_in(authorization)
    key = ApiKey.objects.usable().filter(digest=digest_of(secret)).first()
    if key is None:
        raise Problem(401, "this key is not valid (any more)", _ASK)
    if SCOPE not in key.scopes:
        raise Problem(403, f"this key may not write; it needs the scope {SCOPE}")
    return key


def secret_in(authorization: str) -> str:
    """The key itself: a bearer token, or the password of a basic log-in.

    Raises Problem (401): there is none.
    """
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() == "bearer" and rest.strip():
        return rest.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(rest, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            pass
    raise Problem(401, "writing needs an API key: Authorization: Bearer <key>", _ASK)
