"""A batch from its body to its answer, one request after the other."""

from asgiref.sync import sync_to_async

from stadtkern.kernel.sensorthings.answer import Answer, refusal, whole
from stadtkern.kernel.sensorthings.batch import json_format, multipart
from stadtkern.kernel.sensorthings.batch.changes import (
    Each,
    GroupFailed,
    call_of,
    carry_out_all,
    entity_of,
)
from stadtkern.kernel.sensorthings.batch.parts import (
    MOST,
    Batch,
    Group,
    GroupReply,
    Part,
    Replies,
    Reply,
    size,
)
from stadtkern.kernel.sensorthings.call import Call
from stadtkern.kernel.sensorthings.live import events
from stadtkern.kernel.sensorthings.problem import Problem

PATH = "$batch"
# Answers are held until the last one is there.
LARGEST = 50_000_000


async def answer(call: Call, each: Each) -> Answer:
    """The answer to a batch; `each` answers one request.

    Raises Problem: it is no batch (400, 405, 415), or holds too many requests (413).
    """
    if call.method == "OPTIONS":
        return Answer(status=204, body=[], headers=(("Allow", "POST, OPTIONS"),))
    if call.method != "POST":
        raise Problem(405, "a batch is sent by POST", ("Allow", "POST, OPTIONS"))
    formats = {multipart.KIND: multipart, json_format.KIND: json_format}
    if call.kind not in formats:
        raise Problem(415, f"a batch is {' or '.join(formats)}")
    body = await call.body()
    if call.kind == multipart.KIND:
        batch = multipart.read(call.headers["content-type"], body)
    else:
        batch = json_format.read(body)
    if size(batch) > MOST:
        raise Problem(413, f"a batch holds at most {MOST} requests")
    replies = await _Run(call, each).replies(batch)
    kind, text = formats[call.kind].write(replies)
    return Answer(status=200, body=[text], kind=kind)


class _Run:
    """What is known while a batch is worked through."""

    def __init__(self, call: Call, each: Each) -> None:
        self._call, self._each = call, each
        self._known: dict[str, str] = {}
        self._failed: set[str] = set()
        self._bytes = 0
        wishes = call.headers.get("prefer", "").replace(" ", "").lower()
        self._goes_on = "continue-on-error=false" not in wishes

    async def replies(self, batch: Batch) -> Replies:
        found: list[Reply | GroupReply] = []
        for item in batch:
            one = await (self._group(item) if isinstance(item, Group) else self._alone(item))
            found.append(one)
            good = one.good if isinstance(one, Reply) else one.failed is None
            if not good and not self._goes_on:
                break
        return tuple(found)

    async def _alone(self, part: Part) -> Reply:
        reply = await self._reply(part)
        if not reply.good:
            self._failed.add(part.name)
        self._bytes += len(reply.body)
        return reply

    async def _reply(self, part: Part) -> Reply:
        if problem := self._refused(part):
            return _refusal(part, problem)
        try:
            self._call.count(part.method)
            call = call_of(part, self._call, self._known)
            if events.concerns(call):
                raise Problem(400, "a stream of events has no end, and so no place in a batch")
            found = await whole(await self._each(call), max(0, LARGEST - self._bytes))
        except Problem as problem:
            return _refusal(part, problem)
        if part.name and (path := entity_of(call, found)):
            self._known[part.name] = path
        return _reply(part, found)

    def _refused(self, part: Part) -> Problem | None:
        if self._failed & set(part.after):
            return Problem(424, "a request failed that this one depends on")
        if self._bytes > LARGEST:
            return Problem(413, f"the answers before this are longer than {LARGEST} bytes")
        return None

    async def _group(self, group: Group) -> GroupReply:
        after = {name for part in group.parts for name in part.after}
        try:
            if self._failed & after:
                raise GroupFailed(0, Problem(424, "a request failed that this one depends on"))
            self._count(group)
            answers, known = await sync_to_async(carry_out_all, thread_sensitive=False)(
                group, self._call, self._known
            )
        except GroupFailed as failed:
            return self._failed_group(group, failed)
        self._known = dict(known)
        replies = [_reply(part, one) for part, one in zip(group.parts, answers, strict=True)]
        return GroupReply(name=group.name, replies=tuple(replies))

    def _count(self, group: Group) -> None:
        for place, part in enumerate(group.parts):
            try:
                self._call.count(part.method)
            except Problem as problem:
                raise GroupFailed(place, problem) from None

    def _failed_group(self, group: Group, failed: GroupFailed) -> GroupReply:
        self._failed |= {group.name, *(part.name for part in group.parts)}
        undone = Problem(424, "another request of its group failed")
        replies = [
            _refusal(part, failed.problem if place == failed.place else undone)
            for place, part in enumerate(group.parts)
        ]
        return GroupReply(name=group.name, replies=tuple(replies), failed=failed.place)


def _refusal(part: Part, problem: Problem) -> Reply:
    found = refusal(problem)
    return Reply(name=part.name, answer=found, body=b"".join(found.body))


def _reply(part: Part, found: Answer) -> Reply:
    """A change of an entity is told by its status and Location, unless the client prefers more."""
    asked = "return=representation" in part.headers.get("prefer", "").lower()
    about_one = part.method in ("PATCH", "PUT") or "Location" in dict(found.headers)
    silent = about_one and found.status < 300 and not asked
    return Reply(name=part.name, answer=found, body=b"" if silent else b"".join(found.body))
