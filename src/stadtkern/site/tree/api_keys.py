"""API keys as passwords of the embedded broker, asked of the database."""

import asyncio
import hashlib
from collections.abc import Sequence
from typing import Any

import psycopg

SCOPE = "things:write"  # everywhere, or with `:<project>` in one project
_VALID = (
    "select digest, scopes from people_apikey"
    " where digest = any(%s) and revoked is null and (expires is null or expires >= now())"
)
PATIENCE = 5.0  # seconds


def digest_of(secret: str) -> str:
    """What is stored of a key."""
    return hashlib.sha256(secret.encode()).hexdigest()


class ApiKeys:
    """One connection, opened when the first key comes."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._lock = asyncio.Lock()

    async def valid(self, digests: Sequence[str]) -> dict[str, bool]:
        """Those of these keys that are valid, and whether they may write.

        Raises psycopg.Error, TimeoutError: the database does not answer.
        """
        if not self._database or not digests:
            return {}
        rows = await self._ask(_VALID, list(digests))
        return {
            digest: any(f"{one}:".startswith(f"{SCOPE}:") for one in scopes)
            for digest, scopes in rows
        }

    async def _ask(self, statement: str, value: object) -> list[tuple[Any, ...]]:
        async with self._lock, asyncio.timeout(PATIENCE):
            try:
                return await self._rows(statement, value)
            except psycopg.OperationalError:
                # It was an old connection: the database has been started anew.
                return await self._rows(statement, value)

    async def _rows(self, statement: str, value: object) -> list[tuple[Any, ...]]:
        """A connection that has failed, or was waited for in vain, is used no more."""
        used, self._connection = self._connection, None
        if used is None or used.closed:
            used = await psycopg.AsyncConnection.connect(
                self._database, autocommit=True, application_name="stadtkern-mqtt"
            )
        rows = await (await used.execute(statement.encode(), [value])).fetchall()
        self._connection = used
        return rows
