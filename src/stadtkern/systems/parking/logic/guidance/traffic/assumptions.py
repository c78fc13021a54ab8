"""What the estimate assumes: each number with its range and its origin, all of them changeable."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, kw_only=True, slots=True)
class Assumption:
    """A number that nobody measured here. `low` and `high` are what seems possible.

    `cited` is false where no source was found: then it is the city's own assumption.
    """

    slug: str
    title: str | Promise
    unit: str
    value: float
    low: float
    high: float
    why: str | Promise
    decimals: int = 2
    cited: bool = False


ASSUMPTIONS = (
    Assumption(
        slug="spacing", title=_("Way past one space"), unit="m", value=5.5, low=3, high=7,
        why=_("Assumption: a space along the road is about as long as that."), decimals=1,
    ),
    Assumption(
        slug="clumping", title=_("Free spaces lie unevenly: factor"), unit="", value=2, low=1,
        high=5, decimals=1,
        why=_(
            "With spaces taken evenly a driver passes 1 / (1 − occupancy) spaces until the first"
            " free one. Arnott and Williams (Cruising for Parking Around a Circle, 2016) show that"
            " this falls short, at high occupancy by far; how far here is an assumption."
        ),
    ),
    Assumption(
        slug="most", title=_("Way of those who find it full"), unit="km", value=1.5, low=0.5,
        high=3, why=_("Assumption: they drive on to the next car park."), decimals=1,
    ),
    Assumption(
        slug="speed", title=_("Speed while searching"), unit="km/h", value=15, low=10, high=20,
        why=_("Assumption."), decimals=0,
    ),
    Assumption(
        slug="hidden", title=_("Arrivals for each one that is seen"), unit="", value=1.2, low=1,
        high=1.6,
        why=_(
            "Assumption: who arrives while another leaves is not seen in the count."
        ),
        decimals=1,
    ),
    Assumption(
        slug="guided", title=_("Share that is guided since the beginning"), unit="%", value=10,
        low=0, high=30, decimals=0,
        why=_("Assumption: they drive straight to a free space. Set 0 to see the counts alone."),
    ),
    Assumption(
        slug="nox", title=_("Nitrogen oxides of a car"), unit="g/km", value=0.35, low=0.15,
        high=0.6,
        why=_(
            "Assumption for the present fleet in town with engines still cold. The handbook of"
            " emission factors (HBEFA) has numbers by vehicle and situation, but is not free."
        ),
    ),
    Assumption(
        slug="no2", title=_("Share of them that leaves as NO₂"), unit="%", value=30, low=10,
        high=45, why=_("Assumption; the rest becomes NO₂ later, with ozone."), decimals=0,
    ),
    Assumption(
        slug="wear", title=_("PM10 from tyres, brakes and road"), unit="g/km", value=0.0213,
        low=0.015, high=0.06, decimals=4, cited=True,
        why=_(
            "German Environment Agency, Informative Inventory Report, 1.A.3.b vi and vii, cars:"
            " 6.40 + 7.35 + 7.50 mg/km (after EMEP/EEA 2019). Dust that is whirled up again is not"
            " among it, hence the upper end."
        ),
    ),
    Assumption(
        slug="exhaust", title=_("PM10 from the exhaust"), unit="g/km", value=0.003, low=0.001,
        high=0.01, why=_("Assumption: most cars have filters, cold engines emit more."), decimals=3,
    ),
)  # fmt: skip
