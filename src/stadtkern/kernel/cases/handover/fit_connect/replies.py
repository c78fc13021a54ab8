"""Replies of the procedure: opened, checked, turned into words, and acknowledged.

The way of replies is FIT-Connect's own (GET /replies, accept-reply); what stands in their data is
agreed upon by `metadata.REPLIES`, because the standard leaves that to the two sides.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

from joserfc import jws
from joserfc.jwk import RSAKey

from stadtkern.kernel import clock
from stadtkern.kernel.cases.handover.fit_connect import jwe, metadata, own_keys
from stadtkern.kernel.cases.handover.fit_connect.service import Service
from stadtkern.kernel.cases.handover.protocol import Attachment, NotHandedOver, Word

EVENTS: Final = "https://schema.fitko.de/fit-connect/events/"
SET_SCHEMA: Final = "https://schema.fitko.de/fit-connect/set-payload/1.2.2/set-payload.schema.json"
PROBLEMS: Final = f"{EVENTS}problems/"
TYPES: Final = {"status": "status", "request": "request", "decision": "decided"}
OUTCOMES: Final = ("granted", "partly", "rejected")


class BadReply(Exception):
    """A reply that cannot be taken; the text names the problem."""


def word_of(service: Service, case: str, reply: str) -> Word:
    """What a reply says; one that cannot be taken becomes `reply.refused`."""
    answer = service.get(f"/replies/{reply}")
    if not answer.good:
        raise NotHandedOver(f"GET /replies: {answer.said()}")
    tags: dict[str, Any] = {}
    try:
        told, files = _opened(service, reply, answer.body, tags)
        return _word(told, files, case, reply, tags)
    except (BadReply, jwe.NotOpened) as bad:
        return Word(code="reply.refused", key=f"reply {reply}", text=str(bad),
                    data={"reply": reply, "case": case, "tags": tags})  # fmt: skip


def _opened(
    service: Service, reply: str, body: Mapping[str, Any], tags: dict[str, Any]
) -> tuple[Mapping[str, Any], list[Attachment]]:
    ours = own_keys.private(service.secrets, "enc")
    sealed, packed = str(body.get("encryptedMetadata", "")), str(body.get("encryptedData", ""))
    tags |= {"metadata": jwe.tag(sealed), "data": jwe.tag(packed), "attachments": {}}
    text = jwe.decrypt(sealed, ours)
    try:
        meta = json.loads(text)
        wrong = metadata.problems(text)
    except ValueError:
        raise BadReply("metadata-json-syntax") from None
    if wrong:
        raise BadReply("metadata-schema-violation")
    data = jwe.decrypt(packed, ours)
    structure = meta["contentStructure"]
    _check_hash(structure.get("data"), data)
    return _object(data), _files(service, reply, structure["attachments"], ours, tags)


def _files(
    service: Service, reply: str, told: list[Any], ours: list[dict[str, Any]], tags: dict[str, Any]
) -> list[Attachment]:
    found = []
    for one in told:
        number = str(one["attachmentId"])
        answer = service.get(f"/replies/{reply}/attachments/{number}")
        if not answer.good:
            raise BadReply("attachments-missing")
        tags["attachments"][number] = jwe.tag(answer.text.strip())
        content = jwe.decrypt(answer.text, ours)
        _check_hash(one, content)
        found.append(Attachment(
            id=number, name=str(one.get("filename") or "document"), mime=str(one["mimeType"]),
            content=content, purpose=str(one["purpose"]),
        ))  # fmt: skip
    return found


def _check_hash(told: Any, content: bytes) -> None:
    right = hashlib.sha512(content).hexdigest()
    if not isinstance(told, dict) or told.get("hash", {}).get("content") != right:
        raise BadReply("hash-mismatch")


def _object(data: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(data)
    except ValueError:
        raise BadReply("data-json-syntax") from None
    if not isinstance(found, dict) or found.get("type") not in TYPES:
        raise BadReply("data-schema-violation")
    return found


def _word(
    told: Mapping[str, Any], files: list[Attachment], case: str, reply: str, tags: dict[str, Any]
) -> Word:
    """`{"type": "status" | "request" | "decision", "text", "outcome", "wanted", "due", ..}`."""
    code, outcome = TYPES[str(told["type"])], str(told.get("outcome", ""))
    if code == "decided" and outcome not in OUTCOMES:
        raise BadReply("data-schema-violation")
    wanted = told.get("wanted", [])
    return Word(
        code=code, key=f"reply {reply}", text=str(told.get("text", "")), outcome=outcome,
        remote_case=case, documents=tuple(files),
        data={"reply": reply, "case": case, "tags": tags,
              "wanted": [str(one) for one in wanted] if isinstance(wanted, list) else [],
              "due": str(told.get("due", "")), "reference": str(told.get("reference", ""))},
    )  # fmt: skip


def acknowledge(service: Service, word: Word) -> None:
    """Tell the delivery service that a reply was taken, or why not. Raises NotHandedOver."""
    good = word.code != "reply.refused"
    said: dict[str, Any] = {"authenticationTags": word.data["tags"]}
    if not good:
        said["problems"] = [{
            "type": f"{PROBLEMS}{word.text.split()[0]}", "title": word.text,
            "detail": word.text, "instance": "data",
        }]  # fmt: skip
    event = f"{EVENTS}{'accept' if good else 'reject'}-reply"
    token = _signed(service, word, {event: said})
    answer = service.post(f"/cases/{word.data['case']}/events", token, "application/jose")
    if not answer.good:
        raise NotHandedOver(f"POST /cases/events: {answer.said()}")


def _signed(service: Service, word: Word, events: Mapping[str, Any]) -> str:
    key = own_keys.private(service.secrets, "sig")[0]
    claims = {
        "$schema": SET_SCHEMA, "jti": str(uuid4()),
        "iss": str(service.office.settings.get("client", "")),
        "iat": int(clock.now().timestamp()), "sub": f"reply:{word.data['reply']}",
        "txn": f"case:{word.data['case']}", "events": dict(events),
    }  # fmt: skip
    header = {"typ": "secevent+jwt", "alg": "PS512", "kid": key["kid"]}
    return jws.serialize_compact(
        header, json.dumps(claims).encode(), RSAKey.import_key(dict(key)), algorithms=["PS512"]
    )
