"""Signs of charge points, and answers as staff read them."""

import json
from typing import Any

from django import template

from stadtkern.kernel.contract import State
from stadtkern.kernel.ui.numbers import figure

register = template.Library()
STATUS: dict[str, State] = {
    "AVAILABLE": "good", "CHARGING": "info", "BLOCKED": "tight", "RESERVED": "info",
    "INOPERATIVE": "bad", "OUTOFORDER": "bad",
}  # fmt: skip
COMMAND: dict[str, State] = {
    "accepted": "good",
    "rejected": "bad",
    "timeout": "bad",
    "expired": "bad",
}


@register.filter
def kwh(wh: float, decimals: int = 2) -> str:
    """Wh or W in thousands, `3,71`."""
    return figure(wh / 1000, decimals)


@register.filter
def status_sign(status: str) -> State:
    """The sign of a status of OCPI."""
    return STATUS.get(status, "none")


@register.filter
def command_sign(state: str) -> State:
    """The sign of a command."""
    return COMMAND.get(state, "none")


@register.filter
def pretty(value: Any) -> str:
    """JSON in lines."""
    return json.dumps(value, ensure_ascii=False, indent=1)
