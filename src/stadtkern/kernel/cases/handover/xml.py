"""A procedure that takes messages in a format of its own: by HTTP, or from a folder."""

import os
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from django.conf import settings
from django.utils.translation import gettext as _

from stadtkern.kernel.cases.handover import xml_message
from stadtkern.kernel.cases.handover.calling import call, secrets_of, setting
from stadtkern.kernel.cases.handover.delivered import Delivered
from stadtkern.kernel.cases.handover.protocol import Keep, NotHandedOver, Parcel
from stadtkern.kernel.cases.models import BackOffice

METHODS: Final = ("PUT", "POST")
REFUSED: Final = (400, 403, 410, 413, 415, 422)
FOLDER: Final = "back-offices"


class Xml(Delivered):
    """PUT (the same name twice is one) or POST with a key; or a file that appears complete."""

    def send(
        self, office: BackOffice, parcel: Parcel, remote: str, memory: dict[str, Any], keep: Keep
    ) -> str:
        """Nothing leaves that does not meet the schema, where there is one."""
        content = _message(office, parcel)
        if setting(office, "address"):
            _call(office, parcel, content)
        else:
            _write(folder(office) / f"{_name(parcel)}.xml", content)
        return _name(parcel)

    def check(self, office: BackOffice) -> str:
        """The mapping can be read, and the folder written to; an address is not called."""
        try:
            count = len(xml_message.lines(setting(office, "mapping")))
            if later := setting(office, "mapping_later"):
                xml_message.lines(later)
        except xml_message.BadMapping as bad:
            raise NotHandedOver(str(bad)) from None
        if setting(office, "address"):
            return _("%(count)d lines of mapping. The address is called with the first case.") % {
                "count": count}  # fmt: skip
        try:
            _folder_there(folder(office))
        except OSError as error:
            raise NotHandedOver(_("The folder cannot be written to (%(why)s).")
                                % {"why": error.strerror}) from None  # fmt: skip
        return _("%(count)d lines of mapping. Messages go into %(folder)s.") % {
            "count": count, "folder": f"{FOLDER}/{office.slug}"}  # fmt: skip


def folder(office: BackOffice) -> Path:
    """Always inside of the city's data folder, whatever staff enter."""
    return Path(settings.DATA) / FOLDER / office.slug


def _name(parcel: Parcel) -> str:
    """Of a message: the reference, and for what comes later a piece of its own."""
    later = "" if parcel.kind == "application" else f"-{parcel.kind}-{parcel.key[:8]}"
    return f"{parcel.reference}{later}"


def _message(office: BackOffice, parcel: Parcel) -> bytes:
    first = parcel.kind == "application"
    mapping = setting(office, "mapping" if first else "mapping_later")
    if not mapping and not first:
        raise NotHandedOver(
            _("This procedure has no message for it. Tell the office another way, then settle it"
              " by hand."), final=True,
        )  # fmt: skip
    try:
        content = xml_message.message(parcel, mapping, setting(office, "namespace"))
    except xml_message.BadMapping as bad:
        raise NotHandedOver(str(bad), final=True) from None
    if schema := setting(office, "schema" if first else "schema_later"):
        xml_message.check(content, schema)
    return content


def _call(office: BackOffice, parcel: Parcel, content: bytes) -> None:
    method = setting(office, "method").upper() or "PUT"
    if method not in METHODS:
        raise NotHandedOver(_("The method must be PUT or POST."), final=True)
    headers = {"Content-Type": "application/xml; charset=utf-8", "Idempotency-Key": parcel.key}
    if token := secrets_of(office).get("token"):
        headers["Authorization"] = f"Bearer {token}"
    url = setting(office, "address").replace("{reference}", quote(_name(parcel)))
    answer = call(method, url, content=content, headers=headers)
    if not answer.good:
        raise NotHandedOver(_("The back office refuses: %(said)s") % {"said": answer.said()},
                            final=answer.status in REFUSED)  # fmt: skip


def _folder_there(where: Path) -> None:
    where.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not os.access(where, os.W_OK):
        raise OSError(13, os.strerror(13))


def _write(path: Path, content: bytes) -> None:
    """Readable by its owner alone; whoever fetches it never sees half of it."""
    try:
        _folder_there(path.parent)
        part = path.with_suffix(".part")
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        raise NotHandedOver(_("The folder cannot be written to (%(why)s).")
                            % {"why": error.strerror}) from None  # fmt: skip
