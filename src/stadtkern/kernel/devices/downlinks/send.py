"""The way in for downlinks: encoded, checked, and stored before anybody is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.devices.downlinks import address, encoding
from stadtkern.kernel.devices.downlinks.limits import limit
from stadtkern.kernel.devices.downlinks.reasons import NEWER
from stadtkern.kernel.devices.downlinks.refused import Refused
from stadtkern.kernel.devices.downlinks.steps import News, advance, entry
from stadtkern.kernel.devices.models import Device, Downlink
from stadtkern.kernel.devices.models.downlink import State, Step
from stadtkern.kernel.devices.sandbox import Encoded

PORTS = range(1, 224)  # LoRaWAN 1.0.4, 4.3.2: 0 is the network's, from 224 on it is reserved
LONGEST_TOPIC = 40
TURN = "select pg_advisory_xact_lock(hashtextextended(%s, 0))"


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """What would be sent, and what the codec warns of."""

    payload: bytes
    f_port: int
    warnings: tuple[str, ...] = ()


def send(
    device: Device,
    *,
    data: Mapping[str, Any] | None = None,
    payload: bytes | None = None,
    f_port: int | None = None,
    confirmed: bool = False,
    priority: int = 0,
    expires: datetime | None = None,
    topic: str = "",
    author: Any,
    again: Downlink | None = None,
) -> Downlink:
    """Queue `data` (through the codec's encoder) or `payload` for a device.

    Of the same `topic` (such as `display` or `valve`), what has not left yet is superseded. Higher
    `priority` goes first. After `expires` it is not sent any more. `author` is an account or the
    name of a system, for the audit log.

    Raises Refused: it cannot be encoded or sent; nothing is queued.
    """
    made = check(device, data=data, payload=payload, f_port=f_port)
    _check_wishes(expires, topic)
    new = Downlink(
        device=device,
        topic=topic,
        f_port=made.f_port,
        payload=made.payload,
        data=dict(data) if data is not None else None,
        confirmed=confirmed,
        priority=priority,
        expires=expires,
        author=str(author),
        again=again,
        history={str(int(Step.WAITING)): entry(clock.now())},
    )
    _store(new, author)
    return new


def _check_wishes(expires: datetime | None, topic: str) -> None:
    if expires is not None and expires <= clock.now():
        raise Refused(_("It would expire before it is sent. Choose a later time."))
    if len(topic) > LONGEST_TOPIC or "\0" in topic:
        raise Refused(_("A topic has at most %(most)d characters.") % {"most": LONGEST_TOPIC})


def check(
    device: Device,
    *,
    data: Mapping[str, Any] | None = None,
    payload: bytes | None = None,
    f_port: int | None = None,
) -> Checked:
    """What `send` would send; raises Refused as it does."""
    if (data is None) == (payload is None):
        raise Refused(_("Give either the data or the bytes."))
    where = address.of(device)
    if where.sends is None:
        raise Refused(_("The network of this device takes no downlinks."))
    made = Encoded(payload=payload or b"")
    if data is not None:
        made = _encoded(device, data, f_port)
    port = made.f_port if f_port is None else f_port
    if port is None:
        raise Refused(_("Name the port: the codec does not."))
    if port not in PORTS:
        raise Refused(_("The port must be from 1 to 223."))
    _fits(made.payload, where.spreading_factor)
    return Checked(payload=made.payload, f_port=port, warnings=made.warnings)


def _encoded(device: Device, data: Mapping[str, Any], f_port: int | None) -> Encoded:
    profile = device.profile
    if not encoding.encodes(profile):
        raise Refused(
            _("The codec of “%(profile)s” has no encoder. Give the bytes instead.")
            % {"profile": profile.title}
        )
    made = encoding.encode(profile, data, f_port)
    if made.problem:
        raise Refused(
            _("The codec cannot encode this data: %(problem)s") % {"problem": made.problem}
        )
    return made


def _fits(payload: bytes, spreading_factor: int | None) -> None:
    if not payload:
        raise Refused(_("There is nothing to send: give at least one byte."))
    most = limit(spreading_factor)
    if len(payload) > most:
        raise Refused(too_long(len(payload), most, spreading_factor))


def too_long(size: int, most: int, spreading_factor: int | None) -> str:
    """Why these bytes do not fit, in words."""
    said = {"size": size, "most": most, "factor": spreading_factor}
    if spreading_factor is None:
        return _("%(size)d bytes are too many: at most %(most)d can be sent.") % said
    return (
        _(
            "%(size)d bytes are too many: the device was last heard with spreading factor "
            "%(factor)d, which carries %(most)d bytes."
        )
        % said
    )


def _store(new: Downlink, author: Any) -> None:
    """Together: what it supersedes, the row, and the audit entry."""
    with transaction.atomic():
        if new.topic:
            _supersede(new)
        new.save(force_insert=True)
        record(
            author,
            "downlinks.send",
            new,
            device=new.device.dev_eui,
            port=new.f_port,
            payload=bytes(new.payload).hex(),
            topic=new.topic,
            confirmed=new.confirmed,
        )


def _supersede(new: Downlink) -> None:
    """What waits here is gone at once; what is with a network that can give it back, soon."""
    # Whoever sends the same at this moment waits here, instead of meeting the constraint.
    with connection.cursor() as cursor:
        cursor.execute(TURN, [f"downlink {new.device_id} {new.topic}"])
    same = Downlink.objects.filter(device=new.device_id, topic=new.topic)
    waiting = same.filter(state=State.WAITING, handed=None).values_list("remote", flat=True)
    advance(
        [News(remote=one, step=Step.SUPERSEDED, at=new.created, reason=NEWER) for one in waiting]
    )
    out = same.filter(state__in=(State.WAITING, State.QUEUED), handed__isnull=False, recall=None)
    if out.exists() and address.of(new.device).recalls:
        out.update(recall=int(Step.SUPERSEDED), due=new.created)
