"""What a city can say in `[systems.charging]`."""

from typing import Annotated

from msgspec import Meta

from stadtkern.kernel.city import Struct


class ChargingSettings(Struct, frozen=True, kw_only=True):
    """Names in interfaces, distances of the register's matching, and how long data are kept.

    `country_code` and `party_id` are the operator's in OCPI. They are given officially (in Germany
    by the BDEW); `XXX` says that there is none yet. A point that is silent for `silent_beats`
    heartbeats is not known any more. `contact` is the operator's address for questions.
    """

    operator: str = ""
    contact: str = ""
    country_code: Annotated[str, Meta(pattern="^[A-Z]{2}$")] = "DE"
    party_id: Annotated[str, Meta(pattern="^[A-Z0-9]{3}$")] = "XXX"
    silent_beats: Annotated[int, Meta(ge=2, le=20)] = 3
    match_metres: Annotated[int, Meta(ge=10, le=1000)] = 120
    events_days: Annotated[int, Meta(ge=1)] = 400
    faults_days: Annotated[int, Meta(ge=1)] = 365
    caddy_days: Annotated[int, Meta(ge=1)] = 90
    private_networks: tuple[str, ...] = ()
