"""The metadata of a submission (schema 1.0.0), checked before anything is sent."""

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext as _

from stadtkern.kernel.cases.handover.protocol import Attachment, NotHandedOver, Parcel

SCHEMA: Final = Path(__file__).with_name("schema") / "metadata.schema.v1.0.0.json"
URI: Final = "https://schema.fitko.de/fit-connect/metadata/1.0.0/metadata.schema.json"
LEIKA: Final = "urn:de:fim:leika:leistung:"


def of(
    parcel: Parcel, data: bytes, *, service: str, reply_key: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Metadata of this parcel; `data` is what is sent as its data, word by word.

    `reply_key` asks for replies over FIT-Connect, encrypted to this public key; that channel came
    with later versions of the schema, which 1.0.0 lets pass.
    """
    told: dict[str, Any] = {
        "$schema": URI,
        "publicServiceType": {"name": parcel.title, "identifier": service},
        "contentStructure": {
            "data": {
                "hash": _hash(data),
                "submissionSchema": {"schemaUri": schema_uri(parcel),
                                     "mimeType": "application/json"},
            },
            "attachments": [_attachment(one) for one in parcel.attachments],
        },
        "additionalReferenceInfo": {
            "senderReference": parcel.reference, "applicationDate": parcel.applied,
        },
    }  # fmt: skip
    if parcel.payment:
        told["paymentInformation"] = dict(parcel.payment)
    if reply_key is not None:
        told["replyChannel"] = {
            "fitConnect": {"encryptionPublicKey": dict(reply_key), "processStandards": [REPLIES]}
        }
    return told


# What our replies say beyond transport is not in the standard; this names how we do it.
REPLIES: Final = "urn:stadtkern:fit-connect:replies:1"
# Nor is what a sender tells of a case later on.
LATER: Final = "urn:stadtkern:fit-connect:later:1"


def service_of(parcel: Parcel, stated: str) -> str:
    """The URN of the service: its LeiKa key, else what the office states, else our own form."""
    if parcel.leika:
        return f"{LEIKA}{parcel.leika}"
    return stated or f"urn:stadtkern:form:{parcel.form}"


def schema_uri(parcel: Parcel) -> str:
    """The FIM schema where the form came from one; otherwise its own name for this version."""
    if parcel.kind != "application":
        return LATER
    return parcel.schema or f"urn:stadtkern:form:{parcel.form}:{parcel.version}"


def _hash(content: bytes) -> dict[str, str]:
    """Of the plain content, so that nobody on the way can exchange a part."""
    return {"type": "sha512", "content": hashlib.sha512(content).hexdigest()}


def _attachment(one: Attachment) -> dict[str, Any]:
    return {
        "hash": _hash(one.content), "purpose": one.purpose, "filename": one.name,
        "mimeType": one.mime, "attachmentId": one.id,
    }  # fmt: skip


def check(text: bytes) -> None:
    """Raises NotHandedOver (finally) where the metadata do not meet the schema."""
    faults = problems(text)
    if faults:
        raise NotHandedOver(
            _("The metadata do not meet the schema of FIT-Connect: %(why)s") % {"why": faults[0]},
            final=True,
        )


def problems(text: bytes) -> list[str]:
    """What is wrong with metadata as they are sent, with the place; never with its content.

    Amounts are compared as decimals: 30.70 is no multiple of 0.01 in binary fractions.
    """
    found = json.loads(text, parse_float=Decimal)
    return [
        f"{'/'.join(str(part) for part in one.absolute_path)} ({one.validator})"
        for one in _validator().iter_errors(found)
    ]


@cache
def _validator() -> Any:
    # Large, and only who sends needs it; it comes without types.
    from jsonschema import (  # type: ignore[import-untyped]  # noqa: PLC0415
        Draft202012Validator,
        FormatChecker,
    )

    schema = json.loads(SCHEMA.read_text(encoding="utf-8"), parse_float=Decimal)
    return Draft202012Validator(schema, format_checker=FormatChecker())
