"""Finds out what credentials grant: one statement each, for reads and for writes alike."""

from typing import Any

import msgspec
from django.db import connection

from stadtkern.kernel import clock
from stadtkern.kernel.people.models import digest_of
from stadtkern.kernel.sensorthings import pool, run
from stadtkern.kernel.sensorthings.access import credentials, oidc, session
from stadtkern.kernel.sensorthings.access.grant import SEE, WRITE, Grant, granted, slugs
from stadtkern.kernel.sensorthings.access.oidc import Claims
from stadtkern.kernel.things.visibility import PUBLIC, Viewer

_BY_KEY = """
select k.id, k.label, k.scopes, (
  select jsonb_object_agg(p.slug, p.id) from things_project p
  where k.scopes ?| array['things:read:' || p.slug, 'things:write:' || p.slug])
from people_apikey k
where k.digest = %(digest)s and k.revoked is null and (k.expires is null or k.expires >= %(now)s)
"""
_BY_CLAIMS = """
select (select jsonb_object_agg(p.slug, p.id) from things_project p where p.slug = any (%(slugs)s)),
  array(select distinct b.project_id from things_project_roles b
    join people_role r on r.id = b.role_id where r.slug = any (%(roles)s)),
  exists (select from people_role r where r.slug = any (%(roles)s) and r.permissions ? %(see)s)
"""
Row = tuple[Any, ...] | None


async def viewer(authorization: str, cookie: str = "") -> Viewer:
    """Who reads. A log-in counts where there are no other credentials.

    Raises Problem: the credentials are not valid (401), or cannot be checked now (503).
    """
    secret = credentials.secret_in(authorization)
    if not secret:
        return await session.viewer(cookie) if cookie else PUBLIC
    if not oidc.is_token(secret):
        return _of_key(await _read(_BY_KEY, _key_values(secret))).viewer
    claims = await oidc.verified(secret)
    return _of_token(claims, await _read(_BY_CLAIMS, _token_values(claims))).viewer


def writer(authorization: str) -> Grant:
    """Who writes, asked on Django's connection.

    Raises Problem: no valid credentials (401), none that may write (403).
    """
    secret = credentials.secret_in(authorization)
    if not secret:
        raise credentials.missing("writing needs an API key: Authorization: Bearer <key>")
    if oidc.is_token(secret):
        claims = oidc.verified_now(secret)
        found = _of_token(claims, _ask(_BY_CLAIMS, _token_values(claims)))
    else:
        found = _of_key(_ask(_BY_KEY, _key_values(secret)))
    if not found.writes:
        message = f"this key may not write; it needs the scope {WRITE}, or {WRITE}:<project>"
        raise credentials.insufficient(message, WRITE)
    return found


def of_digest(digest: str) -> Grant:
    """What a key grants of which only the digest is at hand, asked on Django's connection.

    Raises Problem (401): there is no such key any more.
    """
    return _of_key(_ask(_BY_KEY, {"digest": digest, "now": clock.now()}))


def _key_values(secret: str) -> dict[str, Any]:
    return {"digest": digest_of(secret), "now": clock.now()}


def _token_values(claims: Claims) -> dict[str, Any]:
    return {"slugs": slugs(claims.scopes), "roles": list(claims.roles), "see": SEE}


def _of_key(found: Row) -> Grant:
    if found is None:
        raise credentials.invalid("this key is not valid (any more)")
    number, label, scopes, projects = found
    return granted(f"key:{label}", _loaded(scopes), _loaded(projects) or {}, holder=f"key:{number}")


def _of_token(claims: Claims, found: Row) -> Grant:
    assert found is not None
    projects, seen, everything = found
    name = f"token:{claims.subject}"
    return granted(
        name, claims.scopes, _loaded(projects) or {}, holder=name, seen=seen, everything=everything
    )


async def _read(statement: str, values: dict[str, Any]) -> Row:
    async with run.connection(pool.STEADY) as one:
        return await (await one.execute(statement, values)).fetchone()  # type: ignore[no-any-return]


def _ask(statement: str, values: dict[str, Any]) -> Row:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: Row = cursor.fetchone()
    return found


def _loaded(value: Any) -> Any:
    """JSON, which Django's connection hands over as text."""
    return msgspec.json.decode(value) if isinstance(value, str) else value
