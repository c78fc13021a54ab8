"""Networks, device profiles, devices, gateways, and every message as it came in or went out."""

from stadtkern.kernel.devices.models.device import Device, DeviceQuerySet
from stadtkern.kernel.devices.models.downlink import Downlink
from stadtkern.kernel.devices.models.gateway import Gateway
from stadtkern.kernel.devices.models.network import Network
from stadtkern.kernel.devices.models.profile import CodecVersion, Profile, fingerprint
from stadtkern.kernel.devices.models.uplink import Outcome, Uplink, UplinkQuerySet

__all__ = [
    "CodecVersion",
    "Device",
    "DeviceQuerySet",
    "Downlink",
    "Gateway",
    "Network",
    "Outcome",
    "Profile",
    "Uplink",
    "UplinkQuerySet",
    "fingerprint",
]
