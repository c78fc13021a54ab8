"""How long a downlink may be."""

# EU863-870, bytes of application payload by spreading factor at 125 kHz: LoRaWAN Regional
# Parameters RP002-1.0.3, table 11 (the stricter one, which also holds behind repeaters). A class A
# device is answered at the data rate of its uplink.
BY_SPREADING_FACTOR = {7: 222, 8: 222, 9: 115, 10: 51, 11: 51, 12: 51}
# Where nothing was heard yet; the network refuses what is too long in the end.
UNHEARD = 222


def limit(spreading_factor: int | None) -> int:
    """Bytes that a device can take which was last heard with this spreading factor."""
    return BY_SPREADING_FACTOR.get(spreading_factor or 0, UNHEARD)
