"""A procedure that takes JSON: signed, and under a key by which it knows a repetition."""

import base64
import hashlib
import json
from typing import Any, Final

from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.cases.handover import parcels, signatures
from stadtkern.kernel.cases.handover.calling import Answer, call, secrets_of, setting
from stadtkern.kernel.cases.handover.delivered import Delivered
from stadtkern.kernel.cases.handover.protocol import Keep, NotHandedOver, Parcel
from stadtkern.kernel.cases.models import BackOffice

REFUSED: Final = (400, 403, 410, 413, 422)


class Webhook(Delivered):
    """POST with `Idempotency-Key`; 2xx means that it is kept over there."""

    def send(
        self, office: BackOffice, parcel: Parcel, remote: str, memory: dict[str, Any], keep: Keep
    ) -> str:
        """The whole application in one call; `id` in the answer is its name over there."""
        body = json.dumps(_told(parcel), ensure_ascii=False).encode()
        answer = call(
            "POST", setting(office, "address"), content=body,
            headers={"Idempotency-Key": parcel.key, **_headers(office, body)},
        )  # fmt: skip
        if not answer.good:
            raise NotHandedOver(_("The back office refuses: %(said)s") % {"said": answer.said()},
                                final=answer.status in REFUSED)  # fmt: skip
        return _name(answer, parcel)

    def check(self, office: BackOffice) -> str:
        """A signed `{"check": true}`, for which any 2xx will do."""
        body = b'{"check": true}'
        answer = call("POST", setting(office, "address"), content=body,
                      headers=_headers(office, body))  # fmt: skip
        if not answer.good:
            raise NotHandedOver(_("The back office refuses: %(said)s") % {"said": answer.said()})
        return _("The back office answers.")


def _headers(office: BackOffice, body: bytes) -> dict[str, str]:
    stamp = str(int(clock.now().timestamp()))
    secret = str(secrets_of(office).get("signing_secret", ""))
    return {"Content-Type": "application/json", "Stadtkern-Timestamp": stamp,
            "Stadtkern-Signature": signatures.sign(secret, stamp, body)}  # fmt: skip


def _told(parcel: Parcel) -> dict[str, Any]:
    files = [
        {"id": one.id, "name": one.name, "mime": one.mime, "purpose": one.purpose,
         "sha512": hashlib.sha512(one.content).hexdigest(),
         "content": base64.b64encode(one.content).decode()}
        for one in parcel.attachments
    ]  # fmt: skip
    payment = dict(parcel.payment) if parcel.payment else None
    told = {"key": parcel.key, **parcels.data(parcel), "attachments": files}
    return told if parcel.kind != "application" else {**told, "payment": payment}


def _name(answer: Answer, parcel: Parcel) -> str:
    return str(answer.body.get("id") or parcel.key)[:80]
