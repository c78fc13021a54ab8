"""Observations posted over MQTT (18-088, 13.2): in batches, committed when `take` returns."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from stadtkern.kernel.sensorthings.access import lookup
from stadtkern.kernel.sensorthings.access.grant import WRITE, granted
from stadtkern.kernel.sensorthings.live.topics import PREFIX as PREFIX
from stadtkern.kernel.sensorthings.live.topics import creates
from stadtkern.kernel.sensorthings.posts import door
from stadtkern.kernel.sensorthings.posts.heard import tell
from stadtkern.kernel.sensorthings.posts.statement import STATEMENT, parameters, size
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.write import keys
from stadtkern.kernel.sensorthings.write.attempt import attempt
from stadtkern.kernel.sensorthings.write.perform import carry_out
from stadtkern.kernel.sensorthings.write.request import JSON, WriteRequest
from stadtkern.kernel.things import store
from stadtkern.kernel.things.store import Observation

log = structlog.get_logger("sensorthings")

# The embedded broker puts before the topic who posts: `$create/<digest>/<client>/<packet>/v1.1/..`.
CREATE = "$create/"
# Who posts by way of a broker that is not ours: it decides who may.
_LET_IN = granted("mqtt", [WRITE], {}, holder="mqtt")

_KNOWN = (
    "select p.client, p.packet from sensorthings_posted p"
    " join unnest(%s::text[], %s::integer[], %s::bytea[]) as u (client, packet, digest)"
    " on p.client = u.client and p.packet = u.packet and p.digest = u.digest"
    " where p.at > now() - interval '10 minutes'"
)
_REMEMBER = (
    "insert into sensorthings_posted as p (client, packet, digest)"
    " select distinct on (client, packet) client, packet, digest"
    " from unnest(%s::text[], %s::integer[], %s::bytea[])"
    " with ordinality as u (client, packet, digest, n) order by client, packet, n desc"
    " on conflict (client, packet) do update set digest = excluded.digest, at = excluded.at"
)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Post:
    """A message: what is posted where, with whose key (the digest), and as which packet.

    Without a digest the broker has seen to who may post. `again`: it may have been here before.
    """

    topic: str
    body: bytes
    digest: str = ""
    client: str = ""
    packet: int = 0
    again: bool = False

    @property
    def path(self) -> str:
        """The address below the service's root."""
        return self.topic.removeprefix(PREFIX)

    @property
    def content(self) -> bytes:
        """Tells messages apart that come as the same packet."""
        return hashlib.sha256(self.topic.encode() + b"\0" + self.body).digest()


Row = tuple[Observation, bool]


def read(topic: str, body: bytes, *, again: bool) -> Post:
    """The post in a message as it comes from the broker."""
    if not topic.startswith(CREATE):
        return Post(topic=topic, body=body)
    digest, client, packet, posted = topic.removeprefix(CREATE).split("/", 3)
    return Post(
        topic=posted,
        body=body,
        digest=digest,
        client=unquote(client),
        packet=int(packet),
        again=again,
    )


def ours(post: Post) -> bool:
    """Whether a broker that forwards everything to everybody brings what we have published."""
    return not post.client and b'"@iot.selfLink"' in post.body


class Posted:
    """Takes batches; `base` is the address of the API, which links in bodies may repeat."""

    def __init__(self, base: str) -> None:
        self._base = base
        self.totals = {"created": 0, "known": 0, "refused": 0}

    def take(self, posts: Sequence[Post]) -> None:
        """Write what can be written; what cannot is logged with its reason, and lost.

        Raises django.db.OperationalError, InterfaceError: the database is away; take them again.
        """
        posts = self._once([post for post in posts if not ours(post)])
        plain = [(post, row) for post in posts if (row := door.plain(post.path, post.body))]
        settled = _together([one for one in plain if one[0].digest])
        settled |= _together([one for one in plain if not one[0].digest])
        for post in posts:
            self.totals[settled.get(post) or self._alone(post)] += 1

    def _once(self, posts: Sequence[Post]) -> list[Post]:
        """Without those that came again within the batch."""
        first: dict[tuple[str, int, bytes], Post] = {}
        kept = []
        for post in posts:
            key = post.client, post.packet, post.content
            if post.again and post.packet and key in first:
                self.totals["known"] += 1
            else:
                first[key] = post
                kept.append(post)
        return kept

    def _alone(self, post: Post) -> str:
        try:
            return attempt(lambda: self._general(post))
        except Problem as problem:
            if problem.status == 503 and not _database_answers():
                raise OperationalError(problem.message) from None
            reason = problem.message
        except (OperationalError, InterfaceError):
            raise
        except DatabaseError as error:
            reason = str(error).partition("\n")[0]
        log.warning("a posted message is refused", topic=post.topic, client=post.client, why=reason)
        return "refused"

    def _general(self, post: Post) -> str:
        """As over HTTP, in the transaction of the caller."""
        resource = creates(post.topic)
        if _known([post]):
            return "known"
        _remember([post])
        grant = lookup.of_digest(post.digest) if post.digest else _LET_IN
        if not grant.writes:
            raise Problem(403, f"this key may not write; it needs the scope {WRITE}")
        request = WriteRequest(
            method="POST",
            resource=resource,
            path=post.path,
            query=b"",
            base=self._base,
            body=post.body,
            kind=JSON,
            authorization="",
            idempotency_key="",
            prefer="",
        )
        answer = keys.within(grant, lambda: carry_out(request, grant))
        return "created" if answer.status == 201 else "known"


def _together(plain: Sequence[tuple[Post, Row]]) -> dict[Post, str]:
    """What became of these in one transaction; those left out take the general way."""
    if not plain:
        return {}
    try:
        with transaction.atomic():
            return _written(plain)
    except (OperationalError, InterfaceError):
        raise
    except DatabaseError:
        if len(plain) == 1:
            return {}
        middle = len(plain) // 2
        return _together(plain[:middle]) | _together(plain[middle:])


def _written(plain: Sequence[tuple[Post, Row]]) -> dict[Post, str]:
    known = _known([post for post, _ in plain])
    found = dict.fromkeys(known, "known")
    fresh = [(post, row) for post, row in plain if post not in known]
    if not fresh:
        return found
    rows = [row for _, (row, _) in fresh]
    sizes = [size(row, multi) for _, (row, multi) in fresh]
    digests = [post.digest for post, _ in fresh] if fresh[0][0].digest else None
    (numbers,) = store.fetch(STATEMENT, parameters(rows, sizes, digests=digests))
    made = [(post, row, n) for (post, (row, _)), n in zip(fresh, numbers, strict=True) if n]
    tell([row.datastream for _, row, number in made if number > 0])
    _remember([post for post, _, _ in made])
    return found | {post: "created" if number > 0 else "known" for post, _, number in made}


def _database_answers() -> bool:
    """Else everything waits; a single message must not make the others wait."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except (OperationalError, InterfaceError):
        return False
    return True


def _known(posts: Sequence[Post]) -> set[Post]:
    """Those that come again and are committed."""
    asked = [post for post in posts if post.again and post.packet]
    if not asked:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, _columns(asked))
        found = {tuple(row) for row in cursor.fetchall()}
    return {post for post in asked if (post.client, post.packet) in found}


def _remember(posts: Sequence[Post]) -> None:
    numbered = [post for post in posts if post.packet]
    if numbered:
        with connection.cursor() as cursor:
            cursor.execute(_REMEMBER, _columns(numbered))


def _columns(posts: Sequence[Post]) -> list[list[str] | list[int] | list[bytes]]:
    return [
        [post.client for post in posts],
        [post.packet for post in posts],
        [post.content for post in posts],
    ]
