"""What the delivery service and the procedures remember, in memory and in a file."""

import json
import threading
import time
import uuid
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from simulators.back_office.jose import Key

SPACE = uuid.UUID("6f1d2f0e-5f0c-4a44-9a41-7d7b8f4a9c11")
# The procedures behind the destinations, all invented.
PROCEDURES = {
    "kfz": "Zulassungswesen (simuliert)",
    "sozialwesen": "Sozialwesen (simuliert)",
    "allgemein": "Allgemeines Fachverfahren (simuliert)",
}


def destination_of(slug: str) -> str:
    """The same in every run, so that the city's settings outlive a restart."""
    return str(uuid.uuid5(SPACE, slug))


@dataclass(kw_only=True)
class Submission:
    """A submission on its way: incomplete, submitted, forwarded, accepted, rejected."""

    id: str
    case: str
    destination: str
    announced: list[str]
    service: dict[str, Any]
    state: str = "incomplete"
    at: float = field(default_factory=time.time)
    metadata: str = ""
    data: str = ""
    attachments: dict[str, str] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)

    @property
    def tags(self) -> dict[str, Any]:
        from simulators.back_office.jose import tag  # noqa: PLC0415

        return {"metadata": tag(self.metadata), "data": tag(self.data),
                "attachments": {n: tag(t) for n, t in self.attachments.items()}}  # fmt: skip


@dataclass(kw_only=True)
class Reply:
    """An answer of the procedure, encrypted for the sender; it is there until it was taken."""

    id: str
    case: str
    metadata: str
    data: str
    attachments: dict[str, str] = field(default_factory=dict)
    state: str = "submitted"


@dataclass(kw_only=True)
class CaseFile:
    """What a procedure has of a case. `way`: fit_connect, webhook or xml; `times`: taken in."""

    id: str
    way: str
    procedure: str
    reference: str
    state: str = "accepted"
    title: str = ""
    at: float = field(default_factory=time.time)
    times: int = 1
    data: dict[str, Any] = field(default_factory=dict)
    files: list[dict[str, Any]] = field(default_factory=list)
    payment: dict[str, Any] | None = None
    reply_key: dict[str, Any] | None = None
    history: list[str] = field(default_factory=list)
    # What came after it: `{"id", "type", "text", "files"}`, each once.
    later: list[dict[str, Any]] = field(default_factory=list)


class Store:
    """Everything behind one lock; the file has the keys and what the procedures have."""

    def __init__(self, path: Path | None = None, keys: dict[str, list[Key]] | None = None) -> None:
        self.lock = threading.RLock()
        self.path = path
        self.submissions: dict[str, Submission] = {}
        self.of_case: dict[str, Submission] = {}
        self.replies: dict[str, Reply] = {}
        self.cases: dict[str, CaseFile] = {}
        self.keys = keys or {}
        if path and path.exists():
            self._load(json.loads(path.read_text(encoding="utf-8")))
        for name, use in (("service", "sig"), ("receiver", "sig"), ("encryption", "enc")):
            self.keys.setdefault(name, []) or self.renew(name, use)

    def renew(self, name: str, use: str) -> Key:
        """A new key in front; those before stay known."""
        made = Key(use)
        self.keys.setdefault(name, []).insert(0, made)
        self.keep()
        return made

    def add(self, one: Submission) -> None:
        """All submissions of a case write into one log, as the delivery service keeps it."""
        first = self.of_case.setdefault(one.case, one)
        one.events = first.events
        self.submissions[one.id] = one

    def by_case(self, case: str) -> Submission | None:
        return self.of_case.get(case)

    def keep(self) -> None:
        if self.path is None:
            return
        with self.lock:
            told = {
                "keys": {name: [one.kept() for one in some] for name, some in self.keys.items()},
                "submissions": [asdict(one) for one in self.submissions.values()],
                "replies": [asdict(one) for one in self.replies.values()],
                "cases": [asdict(one) for one in self.cases.values()],
            }
            part = self.path.with_suffix(".part")
            part.unlink(missing_ok=True)
            part.touch(mode=0o600)
            part.write_text(json.dumps(told), encoding="utf-8")
            part.replace(self.path)

    def _load(self, told: dict[str, Any]) -> None:
        self.keys = {n: [Key.from_kept(one) for one in some] for n, some in told["keys"].items()}
        for one in told["submissions"]:
            self.add(Submission(**one))
        self.replies = {one["id"]: Reply(**one) for one in told["replies"]}
        self.cases = {one["id"]: CaseFile(**one) for one in told["cases"]}
