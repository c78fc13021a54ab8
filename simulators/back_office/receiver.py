"""The procedures: fetch, open, check in the order of FIT-Connect, accept or reject, answer."""

import hashlib
import json
import queue
import threading
import time
import uuid
import zlib
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from joserfc.errors import JoseError

from simulators.back_office import jose
from simulators.back_office.delivery import Delivery
from simulators.back_office.faults import Faults
from simulators.back_office.store import (
    PROCEDURES,
    CaseFile,
    Reply,
    Store,
    Submission,
    destination_of,
)

SCHEMA = Path(__file__).with_name("schema") / "metadata.schema.v1.0.0.json"
PROBLEMS = f"{jose.EVENTS}problems/"
JSON = "application/json"
OUTCOMES = ("granted", "partly", "rejected")
# What a city tells of a case later on, and how that is called here.
LATER = {"withdrawal": "zurückgenommen", "message": "Nachricht", "answer": "Antwort",
         "appeal": "Widerspruch"}  # fmt: skip


class Wrong(Exception):
    """What a check found: the kind of problem and the part of the submission."""

    def __init__(self, kind: str, part: str, detail: str = "") -> None:
        super().__init__(kind)
        self.told = {"type": PROBLEMS + kind, "title": kind, "detail": detail or kind,
                     "instance": part}  # fmt: skip


class Receiver:
    """All procedures of the simulator; `auto` accepts what comes, in a thread of its own."""

    def __init__(self, store: Store, faults: Faults, delivery: Delivery, *, auto: bool) -> None:
        self.store, self.faults, self.delivery = store, faults, delivery
        self.refuse_next = ""
        self.waiting: queue.Queue[Submission] = queue.Queue()
        delivery.submitted = self.waiting.put
        if auto:
            threading.Thread(target=self._always, daemon=True).start()

    def _always(self) -> None:
        for one in [s for s in self.store.submissions.values() if s.state == "submitted"]:
            self.take(one)
        while True:
            self.take(self.waiting.get())

    def collect(self) -> int:
        """Everything that waits, in the caller's thread."""
        count = 0
        while not self.waiting.empty():
            self.take(self.waiting.get())
            count += 1
        return count

    def take(self, one: Submission) -> None:
        """Fetched twice is one case: the submission's id decides."""
        with self.store.lock:
            if one.state != "submitted":
                return
            try:
                self._keep(one, *self._opened(one))
            except Wrong as wrong:
                self._say(one, "reject-submission", {"problems": [wrong.told]}, "rejected")
                return
        self._wrong_ones(one)
        self._say(one, "accept-submission", {"authenticationTags": one.tags}, "accepted")

    def _opened(self, one: Submission) -> tuple[dict[str, Any], dict[str, Any], dict[str, bytes]]:
        if self.refuse_next:
            kind, self.refuse_next = self.refuse_next, ""
            raise Wrong(kind, "data", "Refused because somebody asked the simulator for it.")
        metadata = self._metadata(one)
        told = metadata["contentStructure"]
        data = self._part(one.data, "data")
        check_hash(told.get("data", {}), data, "data")
        files = {}
        for part in told["attachments"]:
            name = part["attachmentId"]
            if name not in one.attachments:
                raise Wrong("missing-attachment", f"attachment:{name}")
            files[name] = self._part(one.attachments[name], f"attachment:{name}")
            check_hash(part, files[name], f"attachment:{name}")
        found = self._data(data)
        if set(files) != set(one.announced):
            raise Wrong("attachments-mismatch", "metadata")
        return metadata, found, files

    def _metadata(self, one: Submission) -> dict[str, Any]:
        text = self._part(one.metadata, "metadata")
        try:
            found = json.loads(text)
            # Amounts as decimals: 30.70 is no multiple of 0.01 in binary fractions.
            exact = json.loads(text, parse_float=Decimal)
        except ValueError:
            raise Wrong("syntax-violation", "metadata") from None
        wrong = next(validator().iter_errors(exact), None)
        if wrong:
            raise Wrong("schema-violation", "metadata", wrong.message[:200])
        return dict(found)

    def _part(self, token: str, name: str) -> bytes:
        try:
            return jose.decrypt(token, self.store.keys["encryption"])
        except (JoseError, ValueError, StopIteration, zlib.error):
            raise Wrong("encryption-issue", name) from None

    def _data(self, content: bytes) -> dict[str, Any]:
        try:
            found = json.loads(content)
        except ValueError:
            raise Wrong("syntax-violation", "data") from None
        if not isinstance(found, dict) or "reference" not in found:
            raise Wrong("schema-violation", "data")
        if "answers" not in found and found.get("type") not in LATER:
            raise Wrong("schema-violation", "data")
        return found

    def _keep(
        self, one: Submission, metadata: dict[str, Any], data: dict[str, Any],
        files: dict[str, bytes],
    ) -> None:  # fmt: skip
        slug = next(s for s in PROCEDURES if destination_of(s) == one.destination)
        told = {part["attachmentId"]: part for part in metadata["contentStructure"]["attachments"]}
        if "answers" not in data:
            names = [told[number].get("filename", "") for number in files]
            self.add_later(slug, one.id, "fit_connect", data, names)
            return
        channel = metadata.get("replyChannel", {}).get("fitConnect", {})
        self.add(CaseFile(
            id=one.id, way="fit_connect", procedure=slug, reference=data["reference"],
            title=metadata.get("publicServiceType", {}).get("name", ""), data=data,
            payment=metadata.get("paymentInformation"),
            reply_key=channel.get("encryptionPublicKey"),
            files=[{"name": told[n].get("filename", ""), "mime": told[n]["mimeType"],
                    "purpose": told[n]["purpose"], "size": len(content),
                    "sha512": hashlib.sha512(content).hexdigest()}
                   for n, content in files.items()],
        ))  # fmt: skip

    def add(self, case: CaseFile) -> CaseFile:
        """New, or once more the same."""
        with self.store.lock:
            known = self.store.cases.get(case.id)
            if known:
                known.times += 1
                return known
            case.history.append(f"{time.strftime('%d.%m.%Y %H:%M:%S')} angenommen")
            self.store.cases[case.id] = case
            self.store.keep()
            return case

    def add_later(
        self, slug: str, number: str, way: str, data: dict[str, Any], files: list[str]
    ) -> None:
        """What came after an application, with its case; one that nobody has becomes a file too."""
        with self.store.lock:
            cases = self.store.cases.values()
            known = next((one for one in cases if one.procedure == slug
                          and one.reference == data["reference"]), None)  # fmt: skip
            case = known or CaseFile(id=number, way=way, procedure=slug, times=0,
                                     reference=data["reference"])  # fmt: skip
            self.store.cases.setdefault(case.id, case)
            if any(one["id"] == number for one in case.later):
                return
            case.later.append({"id": number, "type": data["type"], "text": data.get("text", ""),
                               "files": files})  # fmt: skip
            case.history.append(f"{time.strftime('%d.%m.%Y %H:%M:%S')} {LATER[data['type']]}")
            if data["type"] == "withdrawal":
                case.state = "withdrawn"
            self.store.keep()

    def _wrong_ones(self, one: Submission) -> None:
        """Receipts that must not be believed, before the right one."""
        key = self.store.keys["receiver"][0]
        subject, said = f"submission:{one.id}", {"authenticationTags": one.tags}
        if self.faults.draw("signature"):
            other = self.store.keys["service"][0]
            self.delivery.receipt(one, jose.event(
                other, one.destination, subject, one.case, "accept-submission", said, key.kid
            ), one.state)  # fmt: skip
        if self.faults.draw("tags"):
            said = {"authenticationTags": {**one.tags, "data": "AAAAAAAAAAAAAAAAAAAAAA"}}
            self.delivery.receipt(one, jose.event(
                key, one.destination, subject, one.case, "accept-submission", said
            ), one.state)  # fmt: skip

    def _say(self, one: Submission, name: str, said: dict[str, Any], state: str) -> None:
        token = jose.event(self.store.keys["receiver"][0], one.destination,
                           f"submission:{one.id}", one.case, name, said)  # fmt: skip
        self.delivery.receipt(one, token, state)

    def answer(
        self, number: str, kind: str, text: str = "", *, outcome: str = "",
        wanted: list[str] | None = None, due: str = "", files: Sequence[tuple[str, bytes]] = (),
    ) -> None:  # fmt: skip
        """`status`, `request` or `decision`, as a reply over FIT-Connect."""
        case, one = self.store.cases[number], self.store.submissions[number]
        if case.reply_key is None:
            raise ValueError("the sender wants no replies over FIT-Connect")
        if kind == "decision" and outcome not in OUTCOMES:
            raise ValueError("no such outcome")
        told = {"type": kind, "text": text, "outcome": outcome, "wanted": wanted or [],
                "due": due, "reference": f"AZ {one.id[:8]}"}  # fmt: skip
        self.delivery.reply(one, self._packed(case, one, json.dumps(told).encode(), files))
        case.state = {"status": "in_progress", "request": "query", "decision": outcome}[kind]
        case.history.append(f"{time.strftime('%d.%m.%Y %H:%M:%S')} {kind} {outcome}".strip())
        self.store.keep()

    def _packed(
        self, case: CaseFile, one: Submission, data: bytes, files: Sequence[tuple[str, bytes]]
    ) -> Reply:
        assert case.reply_key is not None
        named = {str(uuid.uuid4()): file for file in files}
        metadata = {"contentStructure": {
            "data": {"hash": digest(data), "submissionSchema": {
                "schemaUri": "urn:stadtkern:fit-connect:replies:1", "mimeType": "application/json",
            }},
            "attachments": [
                {"attachmentId": number, "filename": name, "hash": digest(content),
                 "purpose": "report", "mimeType": "application/pdf"}
                for number, (name, content) in named.items()
            ],
        }}  # fmt: skip
        return Reply(
            id=str(uuid.uuid4()), case=one.case,
            metadata=jose.encrypt(case.reply_key, json.dumps(metadata).encode(), JSON),
            data=jose.encrypt(case.reply_key, data, JSON),
            attachments={n: jose.encrypt(case.reply_key, content, "application/pdf")
                         for n, (_name, content) in named.items()},
        )  # fmt: skip


def digest(content: bytes) -> dict[str, str]:
    return {"type": "sha512", "content": hashlib.sha512(content).hexdigest()}


def check_hash(told: dict[str, Any], content: bytes, part: str) -> None:
    if told.get("hash", {}).get("content") != hashlib.sha512(content).hexdigest():
        raise Wrong("hash-mismatch", part)


@cache
def validator() -> Any:
    from jsonschema import Draft202012Validator, FormatChecker  # noqa: PLC0415

    schema = json.loads(SCHEMA.read_text(encoding="utf-8"), parse_float=Decimal)
    return Draft202012Validator(schema, format_checker=FormatChecker())
