"""What a city can say in `[systems.parking]`."""

from typing import Annotated

from msgspec import Meta

from stadtkern.kernel.city import Struct

Share = Annotated[float, Meta(ge=0, le=1)]
Clock = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class BoardSettings(Struct, frozen=True, kw_only=True):
    """`[systems.parking.boards]`: networks inside the city where display boards are, when they
    shine by day and by night (local time), and after how many failures one counts as failed.
    """

    private_networks: tuple[str, ...] = ()
    day_from: Clock = "06:30"
    night_from: Clock = "20:30"
    failed_after: Annotated[int, Meta(ge=1)] = 3

    def __post_init__(self) -> None:
        """Raises ValueError: a network that is none, or a night that begins before the day."""
        super().__post_init__()
        if self.day_from >= self.night_from:
            raise ValueError("day_from has to be before night_from")


class ParkingSettings(Struct, frozen=True, kw_only=True):
    """When a count is stale or says too little, and when a site is called tight or full.

    `tight_below` and `full_below` are shares of free bays among those whose state is known, with
    which a new site begins; each can have its own. `known_from` is the share of bays that must be
    known before a count is published. A bay sensor that keeps one state for `stuck_days` while
    others like it change is out of order; one not heard for `silent_hours` is reported.
    """

    stale_after_minutes: Annotated[int, Meta(ge=1)] = 30
    tight_below: Share = 0.25
    full_below: Share = 0.03
    known_from: Share = 0.5
    stuck_days: Annotated[int, Meta(ge=1, le=60)] = 7
    silent_hours: Annotated[int, Meta(ge=1)] = 26
    # Networks inside the city where car parks of other operators are read from.
    private_networks: tuple[str, ...] = ()
    boards: BoardSettings = BoardSettings()
