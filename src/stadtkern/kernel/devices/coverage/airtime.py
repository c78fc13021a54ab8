"""How long a LoRaWAN frame occupies its channel (Semtech AN1200.13, SX1276 data sheet 4.1.1.7)."""

from functools import lru_cache
from math import ceil

# MHDR 1, DevAddr 4, FCtrl 1, FCnt 2, FPort 1, MIC 4 (LoRaWAN 1.0.4, clause 4); options not counted.
FRAME = 13
PREAMBLE = 8
BANDWIDTH = 125_000
# From this symbol length on, low data rate optimisation is on: SF11 and SF12 at 125 kHz.
LONG_SYMBOL = 0.016


def of_uplink(payload: int, spreading_factor: int | None) -> float:
    """Seconds of an uplink with so many bytes of application payload; 0 where the SF is unknown.

    At 125 kHz and coding rate 4/5, which all EU868 data rates but DR6 (250 kHz) and FSK have.
    """
    if spreading_factor is None or not 7 <= spreading_factor <= 12:
        return 0.0
    return time_on_air(payload + FRAME, spreading_factor)


@lru_cache(maxsize=2048)
def time_on_air(size: int, spreading_factor: int, bandwidth: int = BANDWIDTH) -> float:
    """Seconds of a frame of `size` bytes in all: explicit header, CRC on, coding rate 4/5."""
    symbol = float(2**spreading_factor) / bandwidth
    optimised = 2 if symbol > LONG_SYMBOL else 0
    bits = 8 * size - 4 * spreading_factor + 28 + 16
    blocks = max(ceil(bits / (4 * (spreading_factor - optimised))), 0)
    return (PREAMBLE + 4.25 + 8 + blocks * 5) * symbol
