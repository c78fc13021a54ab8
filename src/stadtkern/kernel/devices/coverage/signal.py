"""How good a reception is, in three classes that people can read from a map."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.contract import State

# A receiver with a noise figure of 6 dB hears noise of -117 dBm in 125 kHz. At SF7 a frame needs
# -7.5 dB of SNR (SX1276 data sheet, table 13), each step up 2.5 dB less, at SF12 -20 dB.
STRONG_RSSI, STRONG_SNR = -105.0, 0.0
FAIR_RSSI, FAIR_SNR = -117.0, -7.5
# Below so many receptions a hexagon says little: one bus between device and gateway decides.
FEW = 10

TITLES: dict[State, str | Promise] = {
    "good": _("strong reception"),
    "tight": _("fair reception"),
    "bad": _("weak reception"),
}
LIMITS: dict[State, tuple[float, float]] = {
    "good": (STRONG_RSSI, STRONG_SNR),
    "tight": (FAIR_RSSI, FAIR_SNR),
}


def class_of(rssi: float | None, snr: float | None) -> State:
    """The class of the best RSSI (dBm) and the best SNR (dB); both limits must be reached."""
    if rssi is None or snr is None:
        return "none"
    for state, (least_rssi, least_snr) in LIMITS.items():
        if rssi >= least_rssi and snr >= least_snr:
            return state
    return "bad"
