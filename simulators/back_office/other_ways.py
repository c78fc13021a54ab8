"""Procedures that take cases in another way: signed JSON (webhook) and XML by HTTP."""

import hashlib
import hmac
import json
import time
from typing import Any
from xml.etree import ElementTree as Tree

from simulators.back_office.receiver import LATER, Receiver
from simulators.back_office.store import CaseFile
from simulators.wire import Answer, Request, told

OLDEST = 300


class OtherWays:
    """`/webhook/<procedure>` and `/xml/<procedure>/<name>.xml`."""

    def __init__(self, receiver: Receiver, key: str) -> None:
        self.receiver, self.key = receiver, key

    def answer(self, request: Request) -> Answer | None:
        """None: not an address of these."""
        parts = request.path.strip("/").split("/")
        if parts[0] == "webhook" and request.method == "POST":
            return self._webhook(parts[1], request)
        if parts[0] == "xml" and request.method in ("PUT", "POST"):
            return self._xml(parts[1], request)
        return None

    def _webhook(self, slug: str, request: Request) -> Answer:
        stamp = request.header("stadtkern-timestamp")
        right = hmac.new(self.key.encode(), stamp.encode() + b"." + request.body, hashlib.sha512)
        late = not stamp.isdigit() or abs(time.time() - int(stamp)) > OLDEST
        if late or not hmac.compare_digest(
            right.hexdigest(), request.header("stadtkern-signature")
        ):
            return told({"title": "wrong signature"}, 403)
        body = json.loads(request.body)
        if body.get("check"):
            return told({"ok": True})
        key = request.header("idempotency-key")
        if body.get("type") in LATER:
            files = [one["name"] for one in body["attachments"]]
            self.receiver.add_later(slug, key, "webhook", body, files)
            return told({"id": f"wh-{key[:8]}"})
        self.receiver.add(CaseFile(
            id=key, way="webhook", procedure=slug, reference=body["reference"], data=body,
            payment=body.get("payment"), files=[_file(one) for one in body["attachments"]],
        ))  # fmt: skip
        return told({"id": f"wh-{key[:8]}"})

    def _xml(self, slug: str, request: Request) -> Answer:
        if request.header("authorization") != f"Bearer {self.key}":
            return told({"title": "no token"}, 403)
        root = Tree.fromstring(request.body)  # noqa: S314  our own city sends it
        name = request.header("idempotency-key") or request.path.rpartition("/")[2]
        found = next((e.text for e in root.iter() if e.tag.endswith("reference")), "")
        kind = next((e.text for e in root.iter() if e.tag.endswith("art")), "")
        if kind in LATER:
            data = {"reference": found or "", "type": kind}
            self.receiver.add_later(slug, name, "xml", data, [])
            return told({"ok": True}, 201)
        self.receiver.add(CaseFile(
            id=name, way="xml", procedure=slug, reference=found or "",
            data={"xml": request.body.decode()},
        ))  # fmt: skip
        return told({"ok": True}, 201)


def _file(one: dict[str, Any]) -> dict[str, Any]:
    return {"name": one["name"], "mime": one["mime"], "purpose": one["purpose"],
            "sha512": one["sha512"], "size": len(one["content"]) * 3 // 4}  # fmt: skip
