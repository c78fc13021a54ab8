"""FIT-Connect as a way into a back office: announce, encrypt, send, believe only receipts."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.cases.handover import parcels
from stadtkern.kernel.cases.handover.calling import Answer, setting
from stadtkern.kernel.cases.handover.fit_connect import (
    jwe,
    metadata,
    own_keys,
    receipts,
    replies,
    routing,
)
from stadtkern.kernel.cases.handover.fit_connect.service import LIMIT, Service
from stadtkern.kernel.cases.handover.protocol import (
    Keep,
    NotHandedOver,
    NotThere,
    Parcel,
    Word,
)
from stadtkern.kernel.cases.models import BackOffice

# What an event of the log means for us; all others are only kept.
CODES: Final = {"accept-submission": "accepted", "reject-submission": "rejected"}
GONE: Final = (404, 410)
INCOMPLETE: Final = timedelta(hours=25)
# Wrong for good: the same again would be refused the same way.
REFUSED: Final = (400, 403, 413, 422)


class FitConnect:
    """Adapter of the Submission API, version 1."""

    def send(
        self, office: BackOffice, parcel: Parcel, remote: str, memory: dict[str, Any], keep: Keep
    ) -> str:
        """Announce under a name of the service, upload, submit; a name is only submitted once."""
        service = Service(office)
        destination = routing.destination(service, parcel, memory)
        if remote and _arrived(service, remote, memory):
            return remote
        key = service.encryption_key(destination)
        if not remote or _is_deleted(memory):
            remote = _announce(service, parcel, destination, memory)
            keep(remote, case=memory["case"])
        try:
            _upload(service, parcel, remote, key, memory, keep)
        except NotHandedOver as problem:
            # An earlier try can have arrived while we were at it; then this one is refused.
            if not problem.final or not _arrived(service, remote, memory):
                raise
        return remote

    def words(self, office: BackOffice, remote: str, memory: dict[str, Any]) -> Sequence[Word]:
        """From the event log of the case, every token verified, and the replies it names."""
        service, case = Service(office), str(memory.get("case", ""))
        found: list[Word] = []
        for token in _log(service, case):
            subject = receipts.subject_of(token)
            if subject == f"submission:{remote}":
                found.append(_heard(service, token, _expected(service, remote, memory)))
            elif subject.startswith("reply:") and not memory.get("later"):
                found.extend(_reply(service, token, subject, memory))
        return found

    def done(self, office: BackOffice, word: Word, memory: dict[str, Any]) -> None:
        """A reply is acknowledged, once it is kept here."""
        reply = word.data.get("reply")
        if reply and reply not in memory.get("replies", []):
            replies.acknowledge(Service(office), word)
            memory.setdefault("replies", []).append(reply)

    def news(self, office: BackOffice) -> Sequence[str]:
        """Cases with replies that nobody has taken yet."""
        service = Service(office)
        if not own_keys.private(service.secrets, "enc"):
            return ()
        answer = service.get(f"/replies?offset=0&limit={LIMIT}")
        if not answer.good:
            raise NotHandedOver(f"GET /replies: {answer.said()}")
        told = answer.body.get("replies", [])
        return [str(one.get("caseId", "")) for one in told if isinstance(one, dict)]

    def check(self, office: BackOffice) -> str:
        """A token, the destination, and a key that may be encrypted to."""
        service = Service(office)
        service.check_token()
        number = setting(office, "destination")
        if not number:
            return _("FIT-Connect knows us. The destination is asked for with each case.")
        service.forget(number)
        key = service.encryption_key(number)
        chain = _("its certificate is checked") if key.get("x5c") else _("it has no certificate")
        return _("FIT-Connect knows us and the destination is active; key %(kid)s: %(chain)s.") % {
            "kid": key["kid"], "chain": chain,
        }  # fmt: skip


def _announce(service: Service, parcel: Parcel, destination: str, memory: dict[str, Any]) -> str:
    """POST /submissions. One whose answer is lost is never completed, and deleted over there."""
    stated = setting(service.office, "service")
    # What comes later belongs to the case that the application opened over there.
    known = {"caseId": parcel.about_case} if parcel.about_case else {}
    answer = service.post("/submissions", {
        **known, "destinationId": destination,
        "announcedAttachments": [one.id for one in parcel.attachments],
        "serviceType": {"name": parcel.title,
                        "identifier": metadata.service_of(parcel, stated)},
    })  # fmt: skip
    number, case = answer.body.get("submissionId"), answer.body.get("caseId")
    if not answer.good or not isinstance(number, str) or not isinstance(case, str):
        raise _refusal(answer)
    memory |= {"case": case, "destination": destination, "tags": {},
               "announced": clock.now().isoformat(),
               "later": parcel.kind != "application"}  # fmt: skip
    return number


def _upload(
    service: Service, parcel: Parcel, remote: str, key: Mapping[str, Any],
    memory: dict[str, Any], keep: Keep,
) -> None:  # fmt: skip
    """Encrypt anew, keep the tags before anything leaves, PUT files, then metadata and data."""
    data = json.dumps(parcels.data(parcel), ensure_ascii=False).encode()
    text = json.dumps(metadata.of(
        parcel, data, service=metadata.service_of(parcel, setting(service.office, "service")),
        reply_key=next(iter(own_keys.public(service.secrets, "enc")), None),
    ), ensure_ascii=False).encode()  # fmt: skip
    metadata.check(text)
    sealed = {
        "encryptedMetadata": jwe.encrypt(key, text, "application/json"),
        "encryptedData": jwe.encrypt(key, data, "application/json"),
    }
    files = {one.id: jwe.encrypt(key, one.content, one.mime) for one in parcel.attachments}
    _remember(memory, sealed, files)
    keep(remote, case=memory["case"])
    for number, token in files.items():
        _expect(service.put(f"/submissions/{remote}/attachments/{number}", token))
    _expect(service.put(f"/submissions/{remote}", sealed))


def _remember(memory: dict[str, Any], sealed: Mapping[str, str], files: Mapping[str, str]) -> None:
    """All tags of all tries: a receipt may be for one whose answer we never got."""
    tags = memory.setdefault("tags", {})
    tags.setdefault("metadata", []).append(jwe.tag(sealed["encryptedMetadata"]))
    tags.setdefault("data", []).append(jwe.tag(sealed["encryptedData"]))
    known = tags.setdefault("attachments", {})
    for number, token in files.items():
        known.setdefault(number, []).append(jwe.tag(token))


def _expect(answer: Answer) -> None:
    if not answer.good:
        raise _refusal(answer)


def _refusal(answer: Answer) -> NotHandedOver:
    return NotHandedOver(
        _("FIT-Connect refuses: %(said)s") % {"said": answer.said()},
        final=answer.status in REFUSED,
    )


def _arrived(service: Service, remote: str, memory: dict[str, Any]) -> bool:
    """Whether an earlier try was submitted, and only its answer lost: a receipt says so."""
    expected = _expected(service, remote, memory)
    for token in _log(service, str(memory.get("case", ""))):
        if receipts.subject_of(token) != expected.subject:
            continue
        try:
            event = receipts.verify(token, expected, _key_of(service), clock.now()).event
        except receipts.NotBelieved:
            continue
        if event in ("submit-submission", "accept-submission", "reject-submission"):
            return True
    return False


def _is_deleted(memory: Mapping[str, Any]) -> bool:
    """Incomplete submissions are deleted after a day: then it begins anew under another name.

    Not earlier, even if the service does not know it: the last call could still be on its way.
    """
    begun = datetime.fromisoformat(str(memory.get("announced")))
    return clock.now() - begun > INCOMPLETE


def _log(service: Service, case: str) -> list[str]:
    """All tokens of a case, oldest first; none where the case is not there any more."""
    tokens: list[str] = []
    while True:
        answer = service.get(f"/cases/{case}/events?offset={len(tokens)}&limit={LIMIT}")
        if answer.status in GONE:
            return tokens
        if not answer.good:
            raise NotHandedOver(f"GET /cases/events: {answer.said()}")
        told = answer.body.get("events", answer.body.get("eventLog", []))
        tokens.extend(str(one) for one in told)
        if len(told) < LIMIT:
            return tokens


def _expected(
    service: Service, remote: str, memory: Mapping[str, Any], subject: str = ""
) -> receipts.Expected:
    return receipts.Expected(
        service=service.base, destination=str(memory.get("destination", "")),
        case=str(memory.get("case", "")), subject=subject or f"submission:{remote}",
        tags=memory.get("tags", {}),
    )  # fmt: skip


def _key_of(service: Service) -> receipts.KeyOf:
    """Keys of the delivery service are its own, those of the receiver its destination's."""

    def found(issuer: str, kid: str) -> Mapping[str, Any]:
        if issuer != service.base:
            return service.key_of(issuer, kid)
        keys = service.own_keys().get("keys", [])
        key = next((one for one in keys if one.get("kid") == kid), None)
        if key is None:
            raise NotThere(_("The delivery service has no such key."))
        return dict(key)

    return found


def _heard(service: Service, token: str, expected: receipts.Expected) -> Word:
    try:
        receipt = receipts.verify(token, expected, _key_of(service), clock.now())
    except receipts.NotBelieved as why:
        return Word(code="receipt.refused", key=f"refused {jwe.tag(token)[-40:]}", text=str(why),
                    token=token)  # fmt: skip
    return Word(
        code=CODES.get(receipt.event, receipt.event), key=receipt.id, text=_reasons(receipt),
        remote_case=expected.case, token=token, proof=receipt.key,
    )  # fmt: skip


def _reasons(receipt: receipts.Receipt) -> str:
    """The problems of a refusal (RFC 7807), for staff."""
    problems = receipt.said.get("problems", [])
    told = [f"{one.get('title', '')}: {one.get('detail', '')}".strip(": ")
            for one in problems if isinstance(one, dict)]  # fmt: skip
    return "; ".join(told)[:500]


def _reply(service: Service, token: str, subject: str, memory: dict[str, Any]) -> list[Word]:
    """The reply that a believed token announces, unless it was taken before."""
    number = subject.removeprefix("reply:")
    if number in memory.get("replies", []):
        return []
    expected = _expected(service, "", {**memory, "tags": {}}, subject)
    try:
        receipt = receipts.verify(token, expected, _key_of(service), clock.now())
    except receipts.NotBelieved:
        return []
    if receipt.event != "submit-reply":
        return []
    return [replies.word_of(service, expected.case, number)]
