"""Whether a payload is what the standard says, by the schemas that the ocpp package ships.

Loaded with the first point that connects: a city without charge points pays nothing.
"""

import json
from decimal import Decimal
from typing import Any, Final

from jsonschema.exceptions import best_match  # type: ignore[import-untyped]
from ocpp.messages import get_validator  # type: ignore[import-untyped]
from ocpp.v16 import call as v16  # type: ignore[import-untyped]
from ocpp.v201 import call as v201  # type: ignore[import-untyped]

# What a broken rule of a schema is called in a CALLERROR (OCPP-J 1.6, 4.2.3; 2.0.1 part 4, 4.3).
CODES: Final = {
    "type": "TypeConstraintViolation",
    "maxLength": "TypeConstraintViolation",
    "required": "ProtocolError",
    "enum": "PropertyConstraintViolation",
    "multipleOf": "PropertyConstraintViolation",
    "minItems": "OccurenceConstraintViolation",
    "maxItems": "OccurenceConstraintViolation",
}
EXACT: Final = ("SetChargingProfile", "RemoteStartTransaction")
OTHER: Final = {"1.6": "FormationViolation", "2.0.1": "FormatViolation"}


class Wrong(Exception):
    """The payload breaks the standard; `code` is for a CALLERROR."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def check(version: str, action: str, payload: dict[str, Any], *, answer: bool = False) -> None:
    """Raises Wrong. The action is one that `knows` knows."""
    sort, said = 3 if answer else 2, payload
    if version == "1.6" and action in EXACT:
        # 21.4 as a float is no multiple of 0.1.
        validator = get_validator(sort, action, version, parse_float=Decimal)
        said = json.loads(json.dumps(payload), parse_float=Decimal)
    else:
        validator = get_validator(sort, action, version)
    error = best_match(validator.iter_errors(said))
    if error is not None:
        where = ".".join(str(part) for part in error.absolute_path)
        code = CODES.get(str(error.validator), OTHER[version])
        # Without the value itself: it may be a token.
        raise Wrong(code, f"{where or action}: breaks the rule '{error.validator}'")


def knows(version: str, action: str) -> bool:
    """Whether the standard has such an action at all."""
    found = getattr(v16 if version == "1.6" else v201, action, None)
    return action.isalnum() and isinstance(found, type) and found.__module__.startswith("ocpp.v")
