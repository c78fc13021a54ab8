"""Why a downlink is where it is; kept in English, and translated for whoever reads it."""

from django.utils.translation import gettext_noop as _

NEWER = _("A newer one took its place.")
DROPPED = _("Its network dropped it at the time it was told.")
UNANSWERED = _("The device did not acknowledge it.")
JOINED = _("The device joined the network anew before it acknowledged.")
NEVER_SENT = _(
    "The device has been heard several times since, but the network has never said that it sent "
    "this. Look at the device's queue at the network server, then send it again."
)
NEVER_ANSWERED = _(
    "It was sent, but the network has never said whether the device acknowledged it."
)
