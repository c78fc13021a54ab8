"""Visits to the forum, its screens, documents on their way to a phone, and assisted sessions."""

from stadtkern.systems.digital_forum.models.assist import AssistAction, AssistSession
from stadtkern.systems.digital_forum.models.screen import Pickup, Screen, ScreenCount
from stadtkern.systems.digital_forum.models.visit import DIGITAL, REASONS, STOPPED, Visit

__all__ = [
    "DIGITAL",
    "REASONS",
    "STOPPED",
    "AssistAction",
    "AssistSession",
    "Pickup",
    "Screen",
    "ScreenCount",
    "Visit",
]
