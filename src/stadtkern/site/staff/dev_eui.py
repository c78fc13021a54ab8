"""A DevEUI as people type it into a search."""

from stadtkern.kernel.devices.onboarding.label import EUI as LENGTH
from stadtkern.kernel.devices.onboarding.label import plain as readable

__all__ = ["LENGTH", "readable"]
