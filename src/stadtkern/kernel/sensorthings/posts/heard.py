"""Posts to datastreams that somebody listens to: the event is queued with the observation."""

from collections.abc import Sequence

from django.db import connection, transaction

from stadtkern.kernel import events
from stadtkern.kernel.sensorthings.posts.statement import STATEMENT, parameters, size
from stadtkern.kernel.sensorthings.write import observations
from stadtkern.kernel.things import store
from stadtkern.kernel.things.store import Observation


def write_and_tell(posts: Sequence[tuple[Observation, bool, str]]) -> list[int | None]:
    """Write these observations (of a MultiDatastream or not, with their key's digest) at once.

    Answers as STATEMENT does. Runs in a thread of its own.
    """
    rows, multis, digests = zip(*posts, strict=True)
    values = parameters(rows, list(map(size, rows, multis)), digests=digests)
    try:
        with transaction.atomic():
            (numbers,) = store.fetch(STATEMENT, values)
            new = [row.datastream for row, n in zip(rows, numbers, strict=True) if (n or 0) > 0]
            tell(new)
            return list(numbers)
    finally:
        connection.close()


def tell(datastreams: Sequence[int]) -> None:
    """Publish that these datastreams have new observations, if somebody listens to their kind."""
    heard = events.kinds_heard()
    if not heard or not datastreams:
        return
    known = observations.look(datastreams)
    concerned = tuple(sorted(number for number, one in known.items() if one.kind in heard))
    if concerned:
        kinds = tuple(sorted({known[number].kind for number in concerned}))
        events.publish(events.ObservationsStored(datastreams=concerned, kinds=kinds))
