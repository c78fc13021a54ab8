"""CreateObservations (18-088, data array extension): many observations in one transaction."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock

import msgspec
from asgiref.sync import sync_to_async
from django.db import DataError, IntegrityError, connection, transaction

from stadtkern.kernel.sensorthings.access.grant import Grant
from stadtkern.kernel.sensorthings.answer import Answer
from stadtkern.kernel.sensorthings.call import Call
from stadtkern.kernel.sensorthings.entities import DATASTREAMS, FEATURES, MULTI_DATASTREAMS
from stadtkern.kernel.sensorthings.posts.data_array import Group, groups
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.write import keys, links, once
from stadtkern.kernel.sensorthings.write import observations as stored
from stadtkern.kernel.sensorthings.write.attempt import attempt, let_go
from stadtkern.kernel.things.store import Observation

PATH = "CreateObservations"
METHODS = ("OPTIONS", "POST")
# With this preference (RFC 7240), a text follows the word that the standard asks for.
PROBLEMS = "problems"
PATIENCE = 0.25  # seconds
# What became of a row: the id of its observation, or why there is none.
Told = int | str
Known = Mapping[int, stored.Stream]
_turn = Lock()


async def answer(call: Call) -> Answer:
    """The addresses of new observations, row by row; `error` for a row that cannot be taken.

    Raises Problem: none of them is.
    """
    if call.method not in METHODS:
        raise Problem(405, f"{call.method} is not possible here", ("Allow", ", ".join(METHODS)))
    if call.method == "OPTIONS":
        return Answer(status=204, body=[], headers=(("Allow", ", ".join(METHODS)),))
    keys.secret_in(call.authorization)
    if (call.kind or "application/json") != "application/json":
        raise Problem(415, "the body must be application/json")
    return await sync_to_async(_perform, thread_sensitive=False)(call, await call.body())


def _perform(call: Call, body: bytes) -> Answer:
    """Reads and writes in a thread: what is as long as this would hold up every other request."""
    try:
        given = _read(body)
        with _in_turn():
            return attempt(lambda: _answer(call, _told_once(call, body, given)))
    finally:
        let_go()


@contextmanager
def _in_turn() -> Iterator[None]:
    """Arrays written at once would wait for each other's rows, at twice the work.

    So they are written in turns, but none waits long for one that is held up itself.
    """
    mine = _turn.acquire(timeout=PATIENCE)
    try:
        yield
    finally:
        if mine:
            _turn.release()


def carry_out(call: Call, body: bytes) -> Answer:
    """The answer as above, in the transaction of the caller."""
    return _answer(call, _told_once(call, body, _read(body)))


def _read(body: bytes) -> list[Group] | Problem:
    """The rows of the request; what is wrong with it is said to those who may write."""
    try:
        return groups(body)
    except Problem as problem:
        return problem


def _told_once(call: Call, body: bytes, given: list[Group] | Problem) -> list[Told]:
    """The same answer again to the same request again, if it has an Idempotency-Key."""
    writer = keys.writer(call.authorization)
    if isinstance(given, Problem):
        raise given
    key = call.headers.get("idempotency-key", "")
    if not key:
        return _told(given, writer)
    row = once.claim(writer.holder, key, call.path, body)
    if row.status:
        return list(row.told)
    row.status, row.entity = 201, "Observations"
    row.told = _told(given, writer)
    row.save(update_fields=["status", "entity", "told"])
    return list(row.told)


def _told(given: list[Group], writer: Grant) -> list[Told]:
    """What became of each row, in the caller's transaction."""
    every = [row for group in given for row in group.rows]
    known = stored.needed([group.stream for group in given], every)
    wrong = _wrong(given, known, writer)
    lost = _lost_features(every)
    rows = [row for group in given for row in _rows(group, known, wrong, lost)]
    written = iter(_written([row for row in rows if isinstance(row, Observation)], known))
    return [next(written) if isinstance(row, Observation) else row for row in rows]


def _wrong(given: Sequence[Group], known: Known, writer: Grant) -> dict[tuple[int, bool], str]:
    """Why nothing can be written to some of the datastreams, or MultiDatastreams."""
    named = {(group.stream, group.multi) for group in given}
    open_to = known.keys() if writer.everywhere else _open_to(known, writer)
    wrong = {}
    for stream, multi in named:
        kind = "MultiDatastream" if multi else "Datastream"
        entity = MULTI_DATASTREAMS if multi else DATASTREAMS
        seen = writer.everywhere or links.exists(entity, stream)
        if stream not in known or not seen or (known[stream].components > 0) is not multi:
            wrong[stream, multi] = f"there is no {kind} with the @iot.id {stream}"
        elif stream not in open_to:
            wrong[stream, multi] = (
                f"this key may write only in its own project, and the {kind} is not in it"
            )
    return wrong


def _open_to(streams: Collection[int], writer: Grant) -> Collection[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select d from unnest(%s::bigint[]) as d where things_may_write(d, %s::bigint[])",
            [list(streams), list(writer.projects)],
        )
        return {row[0] for row in cursor.fetchall()}


def _lost_features(rows: Sequence[Observation | str]) -> set[int | None]:
    """The features that rows name although there are none."""
    named = {row.feature for row in rows if isinstance(row, Observation)} - {None}
    return {one for one in named if not links.exists(FEATURES, one or 0)}


def _rows(
    group: Group, known: Known, wrong: Mapping[tuple[int, bool], str], lost: Collection[int | None]
) -> Iterator[Observation | str]:
    if (reason := wrong.get((group.stream, group.multi))) is not None:
        yield from [reason] * len(group.rows)
        return
    stream = known[group.stream]
    for row in group.rows:
        if isinstance(row, str):
            yield row
        elif row.feature in lost:
            yield f"there is no FeatureOfInterest with the @iot.id {row.feature}"
        else:
            try:
                yield stored.checked(row, stream)
            except Problem as problem:
                yield problem.message


def _written(rows: Sequence[Observation], known: Known) -> list[Told]:
    """Write these rows; one that the database refuses is found by halves and left out."""
    if not rows:
        return []
    try:
        with transaction.atomic():
            numbers = stored.keep(rows, known)
    except (DataError, IntegrityError, UnicodeEncodeError) as error:
        if len(rows) == 1:
            return [f"a value does not fit: {str(error).partition(chr(10))[0]}"]
        middle = len(rows) // 2
        return _written(rows[:middle], known) + _written(rows[middle:], known)
    return [
        number if number is not None else _same(row)
        for row, number in zip(rows, numbers, strict=True)
    ]


def _same(row: Observation) -> Told:
    try:
        return stored.same(row).number
    except Problem as problem:
        return problem.message


def _answer(call: Call, told: Sequence[Told]) -> Answer:
    """With the reasons where the client prefers to know them; the standard has one word for all."""
    wanted = PROBLEMS in [one.strip().lower() for one in call.headers.get("prefer", "").split(",")]
    link, error = f"{call.base}/Observations({{}})", "error: {}" if wanted else "error"
    texts = [(link if isinstance(one, int) else error).format(one) for one in told]
    applied = (("Preference-Applied", PROBLEMS),) if wanted else ()
    return Answer(status=201, body=[msgspec.json.encode(texts)], headers=applied)
