"""Definitions as plain JSON values: only what differs from the default is written."""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any


def plain(thing: Any) -> Any:
    """A part of a definition as JSON holds it: objects, lists, text, numbers."""
    if is_dataclass(thing) and not isinstance(thing, type):
        return {one.name: plain(value) for one, value in _said(thing)}
    if isinstance(thing, Mapping):
        return {str(key): plain(value) for key, value in thing.items()}
    if isinstance(thing, tuple | list):
        return [plain(one) for one in thing]
    return thing


def _said(thing: Any) -> list[tuple[Any, Any]]:
    pairs = ((one, getattr(thing, one.name)) for one in fields(thing))
    return [(one, value) for one, value in pairs if not _is_default(one, value)]


def _is_default(one: Any, value: Any) -> bool:
    if one.default is not MISSING:
        # `1 == True`, but they are not the same answer.
        return bool(value == one.default and type(value) is type(one.default))
    if one.default_factory is not MISSING:
        return bool(value == one.default_factory())
    return False
