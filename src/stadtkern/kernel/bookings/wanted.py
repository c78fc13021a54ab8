"""What somebody wants to occupy, and who it is."""

from dataclasses import dataclass
from datetime import datetime

from stadtkern.kernel.bookings.models import Resource
from stadtkern.kernel.people.models import Account

# Audiences who book by themselves: for them notice, days ahead and public capacity hold.
OUTSIDE = ("public", "partner")


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """So many units of a resource from an instant until another (aware datetimes).

    `skills` must all be had by each unit; `units` are numbers of units, empty: any. `audience` is
    who books: public, partner (sells for the public), phone, internal.
    Raises ValueError: naive times, an empty span, no quantity.
    """

    resource: Resource
    begins: datetime
    ends: datetime
    quantity: int = 1
    skills: tuple[str, ...] = ()
    units: tuple[int, ...] = ()
    audience: str = "public"

    def __post_init__(self) -> None:
        if self.begins.tzinfo is None or self.ends.tzinfo is None:
            raise ValueError("begins and ends need a time zone")
        if self.ends <= self.begins or self.quantity < 1:
            raise ValueError("nothing is wanted: an empty span or no quantity")

    @property
    def is_outside(self) -> bool:
        """Whether the rules for the public hold."""
        return self.audience in OUTSIDE


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Who books; all of it can be empty."""

    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = "de"
    account: Account | None = None
