"""Turns DATABASE_URL into Django's settings for PostgreSQL."""

import os
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg

# Where a distribution's own PostgreSQL listens, if nothing else is said.
ADDRESS = "postgresql://stadtkern@/stadtkern?host=/run/postgresql"


class DatabaseProblem(Exception):
    """The database address cannot be used; the message is one sentence."""


def settings(url: str) -> dict[str, Any]:
    """Django's DATABASES entry; `?host=/folder&port=5432` names a Unix socket."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise DatabaseProblem(
            "DATABASE_URL must begin with postgresql:// (Stadtkern runs on PostgreSQL only)."
        )
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": query.pop("port", str(parts.port or "")),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {**query, "pool": pool()},
    }


def pool() -> dict[str, Any]:
    """A bounded pool per process: a burst of visitors waits here, not in PostgreSQL."""
    return {"min_size": 0, "max_size": int(os.environ.get("STADTKERN_POOL", "8")), "timeout": 10}


def require(url: str) -> None:
    """Raises DatabaseProblem with PostgreSQL's own reason where nobody answers at this address."""
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.Error as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise DatabaseProblem(f"The database does not answer: {reason}") from None
