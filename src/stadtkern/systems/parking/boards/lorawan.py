"""Boards on LoRaWAN: told by a downlink through the codec, read back from their own messages."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.devices import codecs, downlinks
from stadtkern.kernel.devices.models import Device, Downlink
from stadtkern.kernel.devices.models.downlink import State, Step
from stadtkern.kernel.devices.models.uplink import Uplink
from stadtkern.systems.parking.boards.adapter import FAULTS, Shown, Status, Told, Unreachable
from stadtkern.systems.parking.logic.boards.faces import Face, face_of

TOPIC = "display"
# A number that has not left by then would be too old to be shown.
LIFETIME = timedelta(minutes=10)
AUTHOR = "system:parking"


class LoraBoard:
    """One board by its DevEUI. It answers when it likes, so that `set_lines` only sends."""

    talks = False

    def __init__(self, address: str, known: datetime | None = None) -> None:
        """`known` is the instant of its message that was read before."""
        self._dev_eui, self._known = address.strip().lower(), known
        self._news: tuple[Mapping[str, Any] | None, datetime | None] | None = None

    def set_lines(self, face: Face) -> Told:
        """Of several messages that wait only the newest goes out."""
        expires = clock.now() + LIFETIME
        try:
            downlinks.send(self._device(), data=face.kept(), topic=TOPIC, expires=expires,
                           confirmed=True, author=AUTHOR)  # fmt: skip
        except downlinks.Refused as refused:
            raise Unreachable(str(refused)) from None
        return "sent"

    def read_back(self) -> Shown:
        """What its last message says."""
        said, at = self._said()
        face = face_of(said) if said is not None else None
        return Shown(face=face, at=at, answers=self._has_reached(at))

    def status(self) -> Status:
        """As its last message has it."""
        said, at = self._said()
        if said is None:
            return Status(faults=None, at=at)
        listed = said.get("faults")
        faults = [str(one) for one in listed] if isinstance(listed, list) else []
        return Status(faults=tuple(one for one in faults if one in FAULTS), at=at)

    def close(self) -> None:
        """There is no connection."""

    def _device(self) -> Device:
        found = Device.objects.select_related("profile").filter(dev_eui=self._dev_eui).first()
        if found is None:
            raise Unreachable(_("There is no device with this DevEUI."))
        return found

    def _has_reached(self, at: datetime | None) -> bool:
        """Whether our last message was out by then: a board of class A hears only after it spoke.

        One that will never go out is no reason to wait for an answer.
        """
        rows = Downlink.objects.filter(device__dev_eui=self._dev_eui, topic=TOPIC)
        last = rows.order_by("-pk").first()
        if last is None or at is None:
            return True
        if last.state in (State.WAITING, State.QUEUED):
            return False
        sent = last.history.get(str(int(Step.SENT)))
        return sent is None or at >= datetime.fromisoformat(sent["at"])

    def _said(self) -> tuple[Mapping[str, Any] | None, datetime | None]:
        """Its last message through the codec, once; None where there is nothing new."""
        if self._news is None:
            self._news = self._heard()
        return self._news

    def _heard(self) -> tuple[Mapping[str, Any] | None, datetime | None]:
        device = self._device()
        rows = Uplink.objects.filter(device=device, event="up", payload__isnull=False)
        last = rows.order_by("-time").first()
        if last is None or (self._known is not None and last.time <= self._known):
            return None, self._known
        frame = codecs.Frame(
            codec=codecs.Codec.of(device.profile), f_port=last.f_port or 0,
            payload=bytes(last.payload or b""), received=last.received.isoformat(),
        )  # fmt: skip
        decoded = codecs.decode([frame])[0]
        if decoded.problem:
            said = _("Its message is not understood: %(why)s") % {"why": decoded.problem}
            raise Unreachable(said)
        return dict(decoded.data or {}), last.time
