"""Tags of the desk."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import uuid4

from django import template

from stadtkern.kernel.ui.numbers import MISSING, figure
from stadtkern.systems.appointments.logic.figures import Sum

register = template.Library()


@register.simple_tag
def deed_key() -> str:
    """A key of its own for a form: sent twice, it is done once."""
    return uuid4().hex


@register.filter
def at(found: Mapping[Any, Any], key: Any) -> Any:
    """What stands there, or None."""
    return found.get(key)


@register.filter
def percent(share: float | None) -> str:
    """A share as per cent; a dash where it is not known."""
    return MISSING if share is None else f"{figure(100 * share, 0)} %"


@register.filter
def part(some: float, of: float) -> float:
    """How great a part of a whole; 0 of nothing."""
    return some / of if of else 0.0


@register.filter
def most(rows: Iterable[tuple[str, Sum]]) -> int:
    """The most visitors of any row."""
    return max((one.counts["came"] for _name, one in rows), default=0)
