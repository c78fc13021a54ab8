"""Networks, device profiles, devices, gateways, and every message as it came in or went out."""

from stadtkern.kernel.devices.models.arrival import Arrival
from stadtkern.kernel.devices.models.decoding import (
    OPEN,
    Redecoding,
    Replaced,
    Reread,
    RunState,
)
from stadtkern.kernel.devices.models.device import Device, DeviceQuerySet
from stadtkern.kernel.devices.models.downlink import Downlink
from stadtkern.kernel.devices.models.fleet import FleetChange, SavedFilter
from stadtkern.kernel.devices.models.gateway import Gateway, GatewayHour, Heard
from stadtkern.kernel.devices.models.history import DeviceDay
from stadtkern.kernel.devices.models.network import Network
from stadtkern.kernel.devices.models.onboarding import Deployment, DeviceImport, Draft
from stadtkern.kernel.devices.models.profile import CodecVersion, Profile, fingerprint
from stadtkern.kernel.devices.models.repository import RepositoryImport
from stadtkern.kernel.devices.models.uplink import Outcome, Uplink, UplinkQuerySet

__all__ = [
    "OPEN",
    "Arrival",
    "CodecVersion",
    "Deployment",
    "Device",
    "DeviceDay",
    "DeviceImport",
    "DeviceQuerySet",
    "Downlink",
    "Draft",
    "FleetChange",
    "Gateway",
    "GatewayHour",
    "Heard",
    "Network",
    "Outcome",
    "Profile",
    "Redecoding",
    "Replaced",
    "RepositoryImport",
    "Reread",
    "RunState",
    "SavedFilter",
    "Uplink",
    "UplinkQuerySet",
    "fingerprint",
]
