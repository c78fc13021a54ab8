"""JSON Patch (RFC 6902) and JSON Merge Patch (RFC 7396) as the change of an entity's properties."""

import json
from copy import deepcopy
from typing import Any

import jsonpatch
import jsonpointer

from stadtkern.kernel.sensorthings.entities import Entity
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.write import shown
from stadtkern.kernel.sensorthings.write.fields import Body
from stadtkern.kernel.sensorthings.write.request import MERGE, PATCH

KINDS = (PATCH, MERGE)
# A copy may double the document, so what is copied is looked at.
LARGEST = 1_000_000
MOST = 1000
_WRONG = (jsonpatch.JsonPatchException, TypeError, ValueError, KeyError, AttributeError)


def body_of(kind: str, entity: Entity, number: int, given: Any) -> Any:
    """What a patch of one of the KINDS changes, as a body that names whole properties.

    Raises Problem: the patch is none (400), or does not fit the entity as it is (409).
    """
    before = shown.properties(entity, number)
    after = patched(before, given) if kind == PATCH else merged(before, given)
    if not isinstance(after, dict):
        raise Problem(400, "the patch leaves no object")
    return _difference(before, after)


def _difference(before: dict[str, Any], after: dict[str, Any]) -> Body:
    changed = {
        name: value
        for name, value in after.items()
        if name not in before or _text(before[name]) != _text(value)
    }
    return changed | dict.fromkeys(before.keys() - after.keys())


def _text(value: Any) -> str:
    """JSON to compare by: in Python true equals 1."""
    return json.dumps(value, sort_keys=True)


def patched(before: dict[str, Any], operations: Any) -> Any:
    """The document after these operations, one after the other.

    Raises Problem: they are none (400), a test fails or a path leads nowhere (409).
    """
    if not isinstance(operations, list) or not all(isinstance(one, dict) for one in operations):
        raise Problem(400, "JSON Patch: expected a list of operations")
    if len(operations) > MOST:
        raise Problem(400, f"JSON Patch: more than {MOST} operations")
    document: Any = deepcopy(before)
    for place, one in enumerate(operations, 1):
        document = _applied(document, one, f"JSON Patch, operation {place}")
    return document


def _applied(document: Any, operation: dict[str, Any], where: str) -> Any:
    try:
        patch = jsonpatch.JsonPatch([operation])
        for name in operation.keys() & {"path", "from"}:
            jsonpointer.JsonPointer(operation[name])
    except (*_WRONG, jsonpointer.JsonPointerException) as error:
        raise Problem(400, f"{where}: {error}") from None
    try:
        document = patch.apply(document, in_place=True)
    except jsonpatch.JsonPatchTestFailed:
        raise Problem(409, f"{where}: the test of '{operation['path']}' fails") from None
    except (jsonpatch.JsonPatchConflict, jsonpointer.JsonPointerException) as error:
        raise Problem(409, f"{where}: {error}") from None
    except _WRONG as error:
        raise Problem(400, f"{where}: {error}") from None
    if operation["op"] == "copy" and len(json.dumps(document)) > LARGEST:
        raise Problem(400, f"{where}: the document grows beyond {LARGEST} bytes")
    return document


def merged(before: Any, given: Any) -> Any:
    """The document after a merge: objects are merged, null removes, all else replaces."""
    if not isinstance(given, dict):
        return given
    found = dict(before) if isinstance(before, dict) else {}
    for name, value in given.items():
        if value is None:
            found.pop(name, None)
        else:
            found[name] = merged(found.get(name), value)
    return found
