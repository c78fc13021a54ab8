"""How each of the seven apps behaves; names and habits are invented."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Shares are of all sales. `share` is how much of the town's drivers use this app."""

    share: float
    open_ended: float
    extends: float
    shortens: float
    retries: float
    mistakes: float
    keyed: bool


PROFILES = {
    "app-a": Profile(share=0.30, open_ended=0.7, extends=0.1, shortens=0.3, retries=0.05,
                     mistakes=0.02, keyed=True),
    "app-b": Profile(share=0.20, open_ended=0.2, extends=0.3, shortens=0.1, retries=0.05,
                     mistakes=0.05, keyed=True),
    "app-c": Profile(share=0.15, open_ended=0.5, extends=0.2, shortens=0.2, retries=0.2,
                     mistakes=0.02, keyed=False),
    "app-d": Profile(share=0.12, open_ended=0.9, extends=0.0, shortens=0.0, retries=0.02,
                     mistakes=0.01, keyed=True),
    "app-e": Profile(share=0.10, open_ended=0.0, extends=0.4, shortens=0.3, retries=0.3,
                     mistakes=0.10, keyed=False),
    "app-f": Profile(share=0.08, open_ended=0.3, extends=0.2, shortens=0.2, retries=0.05,
                     mistakes=0.03, keyed=True),
    "app-g": Profile(share=0.05, open_ended=0.4, extends=0.1, shortens=0.5, retries=0.02,
                     mistakes=0.02, keyed=True),
}  # fmt: skip
ORDINARY = Profile(share=0.1, open_ended=0.5, extends=0.2, shortens=0.2, retries=0.05,
                   mistakes=0.02, keyed=True)  # fmt: skip
