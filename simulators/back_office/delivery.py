"""The delivery service of FIT-Connect: Submission API version 1, and the Routing API."""

import json
import re
import secrets
import time
import uuid
from typing import Any

from joserfc.errors import JoseError

from simulators.back_office import jose
from simulators.back_office.faults import Faults
from simulators.back_office.store import (
    PROCEDURES,
    Reply,
    Store,
    Submission,
    destination_of,
)
from simulators.wire import Answer, Request, told

CLIENT = "stadtkern"
PROBLEMS = "https://schema.fitko.de/fit-connect/submission-api/problems/"
TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+\.[\w-]*\.[\w-]+")
# A compact JWE without content, RSA 4096 and A256GCM.
SHORTEST = 776
# What replies say is agreed upon between city and procedure; the standard carries it.
STANDARD = "urn:stadtkern:fit-connect:replies:1"
LASTS = 1800
LONGEST = 500
FOURTEEN_DAYS = 14 * 86400


def problem(status: int, kind: str, detail: str) -> Answer:
    body = {"type": PROBLEMS + kind, "title": kind, "status": status, "detail": detail}
    return told(body, status, "application/problem+json")


class Delivery:
    """Knows nothing of what it carries: it has no key to open it."""

    def __init__(self, store: Store, faults: Faults, base: str, key: str) -> None:
        self.store, self.faults, self.base, self.key = store, faults, base, key
        self.tokens: dict[str, float] = {}
        self.sender_keys: list[dict[str, Any]] = []
        self.submitted: Any = lambda submission: None
        self.changed: Any = lambda submission, kind: None

    def answer(self, request: Request) -> Answer | None:
        """None: not an address of this service."""
        path = request.path.rstrip("/")
        if path == "/token" and request.method == "POST":
            return self._token(request)
        if path == "/.well-known/jwks.json":
            return told({"keys": [one.public for one in self.store.keys["service"]]})
        if path == "/v1/routes":
            return self._routes(request)
        if not path.startswith("/v1/"):
            return None
        if not self._knows(request):
            return problem(401, "unauthorized", "no valid access token")
        return self._api(request, path.removeprefix("/v1").strip("/").split("/"))

    def _token(self, request: Request) -> Answer:
        form = request.form
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT, self.key):
            return told({"error": "invalid_client"}, 401)
        token = secrets.token_urlsafe(24)
        self.tokens[token] = time.monotonic() + LASTS
        return told({"access_token": token, "token_type": "Bearer", "expires_in": LASTS})

    def _knows(self, request: Request) -> bool:
        token = request.header("authorization").removeprefix("Bearer ")
        return self.tokens.get(token, 0.0) > time.monotonic()

    def _routes(self, request: Request) -> Answer:
        """One area (ARS of Herne) and invented keys of services: 99 and a number per procedure."""
        areas = [name for name in ("ags", "ars", "areaId") if request.query.get(name)]
        if not re.fullmatch(r"99\d{12}", request.query.get("leikaKey", "")) or len(areas) != 1:
            return problem(400, "invalid-parameters", "leikaKey and exactly one key of an area")
        slug = list(PROCEDURES)[int(request.query["leikaKey"][-1]) % len(PROCEDURES)]
        number = destination_of(slug)
        signed = jose.event(self.store.keys["service"][0], self.base, "", "", "route")
        route = {"destinationId": number, "destinationSignature": signed,
                 "destinationName": PROCEDURES[slug]}  # fmt: skip
        return told({"count": 1, "offset": 0, "totalCount": 1, "routes": [route]})

    def _api(self, request: Request, parts: list[str]) -> Answer:
        match (request.method, parts):
            case ("GET", _parts):
                return self._read(request, parts)
            case ("POST", ["submissions"]):
                return self._announce(request.data)
            case ("PUT", ["submissions", number, "attachments", file]):
                return self._attachment(number, file, request.body.decode())
            case ("PUT", ["submissions", number]):
                return self._submit(number, request.data)
            case ("POST", ["cases", case, "events"]):
                return self._event(case, request.body.decode())
        return problem(404, "not-found", request.path)

    def _read(self, request: Request, parts: list[str]) -> Answer:
        match parts:
            case ["destinations", number]:
                return self._destination(number)
            case ["destinations", _number, "keys", kid]:
                return self._key(kid)
            case ["cases", case, "events"]:
                return self._events(case, request.query)
            case ["replies"]:
                return self._replies()
            case ["replies", number]:
                return self._reply(number)
            case ["replies", number, "attachments", file]:
                found = self.store.replies[number].attachments[file]
                return Answer(body=found.encode(), kind="application/jose")
        return problem(404, "not-found", request.path)

    def _destination(self, number: str) -> Answer:
        if number not in {destination_of(slug) for slug in PROCEDURES}:
            return problem(404, "destination-not-found", number)
        return told({
            "destinationId": number, "status": "active",
            "encryptionKid": self.store.keys["encryption"][0].kid,
            "metadataVersions": ["1.0.0"],
            "replyChannels": {"fitConnect": {"processStandards": [STANDARD]}},
        })  # fmt: skip

    def _key(self, kid: str) -> Answer:
        known = [*self.store.keys["encryption"], *self.store.keys["receiver"]]
        found = next((one for one in known if one.kid == kid), None)
        return told(found.public) if found else problem(404, "key-not-found", kid)

    def _announce(self, body: dict[str, Any]) -> Answer:
        wanted = body.get("announcedAttachments", [])
        if body.get("destinationId") not in {destination_of(slug) for slug in PROCEDURES}:
            return problem(400, "destination-not-found", "no such destination")
        if any(uuid.UUID(one).version != 4 for one in wanted):
            return problem(400, "invalid-attachment-id", "not a UUIDv4")
        known = self.store.by_case(str(body.get("caseId", "")))
        if body.get("caseId") and (known is None or known.destination != body["destinationId"]):
            return problem(400, "case-not-found", "no such case at this destination")
        made = Submission(
            id=str(uuid.uuid4()), case=known.case if known else str(uuid.uuid4()),
            announced=list(wanted), destination=body["destinationId"],
            service=body.get("serviceType", {}),
        )  # fmt: skip
        with self.store.lock:
            self.store.add(made)
            self._tell(made, "create-submission")
        return told({"submissionId": made.id, "caseId": made.case}, 201)

    def _attachment(self, number: str, file: str, token: str) -> Answer:
        found = self.store.submissions.get(number)
        if found is None or file not in found.announced:
            return problem(404, "attachment-not-announced", file)
        if found.state != "incomplete":
            return problem(409, "submission-already-sent", number)
        if not fits(token):
            return problem(400, "not-encrypted", "no compact JWE")
        found.attachments[file] = token.strip()
        return Answer(status=204)

    def _submit(self, number: str, body: dict[str, Any]) -> Answer:
        found = self.store.submissions.get(number)
        if found is None:
            return problem(404, "submission-not-found", number)
        with self.store.lock:
            if found.state != "incomplete":
                return problem(409, "submission-already-sent", number)
            missing = set(found.announced) - set(found.attachments)
            if missing:
                return problem(400, "incomplete-attachments", ", ".join(sorted(missing)))
            if not fits(body.get("encryptedMetadata", "")) or not fits(
                body.get("encryptedData", "")
            ):
                return problem(400, "not-encrypted", "no compact JWE")
            found.metadata, found.data = body["encryptedMetadata"], body["encryptedData"]
            found.state, found.at = "submitted", time.time()
            self._tell(found, "submit-submission", {"authenticationTags": found.tags})
            self._tell(found, "notify-submission", {"notifyType": "new-submissions"})
            self.store.keep()
        self.submitted(found)
        return told({"submissionId": number, "caseId": found.case}, 202)

    def _events(self, case: str, query: dict[str, str]) -> Answer:
        found = self.store.by_case(case)
        if found is None:
            return problem(404, "case-not-found", case)
        begin = int(query.get("offset", 0))
        some = found.events[begin : begin + min(int(query.get("limit", LONGEST)), LONGEST)]
        return told({"offset": begin, "count": len(some), "totalCount": len(found.events),
                     "events": some})  # fmt: skip

    def _event(self, case: str, token: str) -> Answer:
        """A receipt of the sender for a reply; it must have signed it itself."""
        kid = jose.header(token).get("kid")
        key = next((one for one in self.sender_keys if one["kid"] == kid), None)
        if key is None:
            return problem(403, "unknown-key", str(kid))
        try:
            claims = jose.signed_by(token, key)
        except (JoseError, ValueError):
            return problem(400, "invalid-signature", "wrong signature")
        reply = self.store.replies.get(str(claims.get("sub", "")).removeprefix("reply:"))
        if reply is None or claims.get("txn") != f"case:{reply.case}":
            return problem(400, "invalid-subject", "no such reply in this case")
        name, said = next(iter(claims["events"].items()))
        tags = {"metadata": jose.tag(reply.metadata), "data": jose.tag(reply.data),
                "attachments": {n: jose.tag(t) for n, t in reply.attachments.items()}}  # fmt: skip
        if name.endswith("accept-reply") and said.get("authenticationTags") != tags:
            return problem(400, "wrong-tags", "for another ciphertext")
        reply.state = "accepted" if name.endswith("accept-reply") else "rejected"
        found = self.store.by_case(case)
        if found:
            found.events.append(token)
        self.store.keep()
        return Answer(status=204)

    def _replies(self) -> Answer:
        new = [{"replyId": one.id, "caseId": one.case} for one in self.store.replies.values()
               if one.state == "submitted"]  # fmt: skip
        return told({"offset": 0, "count": len(new), "totalCount": len(new), "replies": new})

    def _reply(self, number: str) -> Answer:
        found = self.store.replies.get(number)
        if found is None:
            return problem(404, "reply-not-found", number)
        return told({"replyId": found.id, "caseId": found.case,
                     "encryptedMetadata": found.metadata, "encryptedData": found.data,
                     "attachments": list(found.attachments)})  # fmt: skip

    def reply(self, submission: Submission, reply: Reply) -> None:
        """A procedure has answered."""
        with self.store.lock:
            self.store.replies[reply.id] = reply
            submission.events.append(jose.event(
                self.store.keys["service"][0], self.base, f"reply:{reply.id}", submission.case,
                "submit-reply",
            ))  # fmt: skip
            self.store.keep()
        self.changed(submission, "new-replies")

    def receipt(self, submission: Submission, token: str, state: str) -> None:
        """A receipt of the receiver; perhaps there are wrong ones before it."""
        with self.store.lock:
            submission.state = state
            submission.events.append(token)
            if self.faults.draw("double"):
                submission.events.append(token)
            self.store.keep()
        self.changed(submission, "new-events")

    def refuse_old(self, now: float) -> int:
        """What nobody fetched for 14 days."""
        old = [one for one in self.store.submissions.values()
               if one.state == "submitted" and now - one.at > FOURTEEN_DAYS]  # fmt: skip
        for one in old:
            one.state = "rejected"
            self._tell(one, "reject-submission", {"problems": [{
                "type": f"{jose.EVENTS}problems/timeout", "title": "Timeout",
                "detail": "Not fetched for 14 days.", "instance": "submission",
            }]})  # fmt: skip
        return len(old)

    def _tell(self, one: Submission, name: str, said: dict[str, Any] | None = None) -> None:
        one.events.append(jose.event(
            self.store.keys["service"][0], self.base, f"submission:{one.id}", one.case, name, said
        ))  # fmt: skip


def fits(token: str) -> bool:
    text = token.strip() if isinstance(token, str) else ""
    return len(text) >= SHORTEST and bool(TOKEN.fullmatch(text)) and _is_jwe(text)


def _is_jwe(token: str) -> bool:
    try:
        head = jose.header(token)
    except (ValueError, json.JSONDecodeError):
        return False
    return (head.get("alg"), head.get("enc")) == ("RSA-OAEP-256", "A256GCM") and "kid" in head
