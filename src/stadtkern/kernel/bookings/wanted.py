"""What somebody wants to occupy, and who it is."""

from dataclasses import dataclass
from datetime import datetime

from stadtkern.kernel.bookings.models import Resource
from stadtkern.kernel.people.models import Account

# Audiences who book by themselves: for them notice, days ahead and public capacity hold.
OUTSIDE = ("public", "partner")
# Whose share of the capacity a booking uses: that of the public, that of the telephone, or none.
ALL, PUBLIC, PHONE = 0, 1, 2
SIDES = {"public": PUBLIC, "partner": PUBLIC, "phone": PHONE}


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

    @property
    def side(self) -> int:
        """Whose share of the capacity it uses."""
        return SIDES.get(self.audience, ALL)


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Who books; all of it can be empty."""

    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = "de"
    account: Account | None = None
