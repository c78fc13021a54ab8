"""What can be set of a check, for its form and for what is stored."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """One number: its name, what people call it, its unit (empty: that of the datastream).

    Without a `default` it may be left empty. `low` is the least that makes sense.
    """

    name: str
    title: str | Promise
    unit: str = ""
    default: float | None = None
    low: float | None = None
    help: str | Promise = ""
