"""Examples of a repository, brought into one form; what is no example is listed."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_noop as _

from stadtkern.kernel.devices.repository.found import ENCODER, Problem
from stadtkern.kernel.devices.repository.texts import as_json

MOST = 500
LONGEST_DESCRIPTION = 300


def read(
    path: str, function: str, listed: Any, problems: list[Problem]
) -> Iterable[dict[str, Any]]:
    """`{function, description, input, output}` of each entry; what is wrong goes to `problems`."""
    if listed is None:
        return
    if not isinstance(listed, list):
        problems.append(
            Problem(path=path, reason=_("The examples are not a list."), detail=function)
        )
        return
    if len(listed) > MOST:
        problems.append(Problem(path=path, reason=_("Only the first 500 examples are taken.")))
    for number, entry in enumerate(listed[:MOST], 1):
        try:
            yield _example(function, entry, number)
        except (ValueError, TypeError, KeyError) as error:
            problems.append(
                Problem(
                    path=path,
                    reason=_("An example cannot be used."),
                    detail=f"{function} {number}: {error}",
                )
            )


def _example(function: str, entry: Any, number: int) -> dict[str, Any]:
    if not isinstance(entry, Mapping):
        raise ValueError("not an object")
    given = as_json(entry.get("input"))
    # ChirpStack's tests say `expected`, and `name` for the description.
    wanted = as_json(entry.get("output", entry.get("expected")))
    if not isinstance(given, dict) or not isinstance(wanted, dict):
        raise ValueError("no input or no output")
    if function != ENCODER:
        given["bytes"] = _bytes(given.get("bytes"))
        given["fPort"] = _port(given.get("fPort", 1))
    elif "data" not in given:
        raise ValueError("no input data")
    said = str(entry.get("description") or entry.get("name") or number)
    example = {
        "function": function,
        "description": as_json(said)[:LONGEST_DESCRIPTION],
        "input": given,
        "output": wanted,
    }
    if isinstance(normal := entry.get("normalizedOutput"), Mapping) and "data" in normal:
        example["normalizedOutput"] = {"data": as_json(normal["data"])}
    return example


def _bytes(value: Any) -> list[int]:
    if isinstance(value, str):
        return list(bytes.fromhex(value))
    if not isinstance(value, list):
        raise ValueError("no bytes")
    return list(bytes(value))


def _port(value: Any) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:9])
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 255:
        raise ValueError("no port")
    return value
