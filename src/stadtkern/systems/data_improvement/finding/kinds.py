"""Columns of text that hold numbers or days: German decimals, units in the cell, mixed dates."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.files.values import MISSING, Unfit
from stadtkern.systems.data_improvement.finding.frame import Found, Table, World, filled
from stadtkern.systems.data_improvement.recipes import read_as

LEAST: Final = 5
# What looks like a number and is a name: postcodes, keys, telephone and house numbers.
KEYS: Final = re.compile(
    r"(^|_)(plz|postleitzahl|ags|ars|rs|schluessel|gemeindeschluessel|telefon|tel|fax|hausnummer|"
    r"hausnr|nr|nummer|id|kennung|code)(_|$)"
)
TAIL: Final = re.compile(r"^[+-]?[\d.,]+\s?(?P<unit>[^\d\s.,+-][^\d]{0,9})$")


def find(table: Table, _world: World) -> Iterator[Found]:
    """A proposal for each column of text that can be read as numbers or days without loss."""
    for one in table.of_kind("text"):
        values = [str(value).strip() for value in filled(table.values(one.slug))]
        if len(values) < LEAST or is_key(one, values):
            continue
        for plan in _plans(values):
            if (known := _readable(values, plan)) is not None and known >= LEAST:
                yield _found(one, values, plan, known)
                break


def is_key(column: Field, values: list[str]) -> bool:
    """Whether the digits are a name: by the column's name, or by zeros in front."""
    zeros = sum(len(value) > 1 and value[0] == "0" and value.isdigit() for value in values)
    return bool(KEYS.search(column.slug)) or zeros > 0


def _plans(values: list[str]) -> Iterator[dict[str, Any]]:
    """Ways to read the column, the plain ones first."""
    missing = sorted({value.lower() for value in values if value.lower() in MISSING})
    commas = sum("," in value for value in values)
    decimal = "," if commas >= sum("." in value for value in values) else "."
    units = Counter(found["unit"].strip() for value in values if (found := TAIL.match(value)))
    unit = units.most_common(1)[0][0] if units else ""
    for kind in ("integer", "number"):
        yield {"kind": kind, "decimal": decimal, "missing": missing}
        if unit:
            yield {"kind": kind, "decimal": decimal, "missing": missing, "unit": unit}
    yield {"kind": "date", "missing": missing}


def _readable(values: list[str], plan: dict[str, Any]) -> int | None:
    """How many cells hold a value then; None where one of them cannot be read."""
    try:
        return sum(read_as(value, plan) is not None for value in values)
    except (Unfit, ValueError):
        return None


def _found(one: Field, values: list[str], plan: dict[str, Any], known: int) -> Found:
    example = next((v for v in values if v.lower() not in MISSING), "")
    return Found(
        kind="type", method="reading", action="cast", column=one.slug, to=plan,
        reason=f"type.{'date' if plan['kind'] == 'date' else 'number'}",
        said={"count": known, "old": example, "new": str(read_as(example, plan))},
        strength=min(1.0, known / 50),
    )  # fmt: skip
