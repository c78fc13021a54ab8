"""What people may still do to a downlink: take it back, or send it again."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.devices.downlinks import address
from stadtkern.kernel.devices.downlinks.refused import Refused
from stadtkern.kernel.devices.downlinks.send import send
from stadtkern.kernel.devices.downlinks.steps import News, advance
from stadtkern.kernel.devices.models import Downlink
from stadtkern.kernel.devices.models.downlink import State, Step

OPEN = (State.WAITING, State.QUEUED)
ENDED = (State.FAILED, State.EXPIRED, State.CANCELLED)


def cancel(downlink: Downlink, *, author: Any) -> bool:
    """Take a downlink back: True where it is cancelled, False where its network is asked to.

    Raises Refused: it has left, or its network gives nothing back.
    """
    with transaction.atomic():
        one = Downlink.objects.select_for_update().get(pk=downlink.pk)
        if one.state not in OPEN:
            raise Refused(_("It is too late: this downlink is not waiting any more."))
        if one.handed is not None and not address.of(one.device).recalls:
            raise Refused(
                _(
                    "It is with the network already, which does not give it back. Send the "
                    "opposite, or empty the device's queue at the network server."
                )
            )
        record(author, "downlinks.cancel", one, device=one.device.dev_eui, topic=one.topic)
        if one.handed is None:
            advance([News(remote=one.remote, step=Step.CANCELLED, at=clock.now())])
            return True
        one.recall, one.due = int(Step.CANCELLED), clock.now()
        one.save(update_fields=["recall", "due"])
        return False


def repeat(downlink: Downlink, *, author: Any) -> Downlink:
    """Send the same once more, as a downlink of its own, for as long as the first one had.

    Raises Refused: the first one has not ended, or cannot be sent now.
    """
    if downlink.state not in ENDED:
        raise Refused(_("Only a downlink that failed, expired or was cancelled can be sent again."))
    return send(
        downlink.device,
        payload=bytes(downlink.payload),
        f_port=downlink.f_port,
        confirmed=downlink.confirmed,
        priority=downlink.priority,
        expires=clock.now() + _lifetime(downlink) if downlink.expires else None,
        topic=downlink.topic,
        author=author,
        again=downlink,
    )


def _lifetime(downlink: Downlink) -> timedelta:
    given = downlink.expires - downlink.created if downlink.expires else timedelta()
    return max(given, timedelta(minutes=1))
