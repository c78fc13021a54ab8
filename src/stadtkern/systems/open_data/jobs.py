"""What the portal does by the clock."""

from stadtkern.kernel import clock, registry
from stadtkern.systems.open_data import logic


def count_visits() -> str:
    """Bring the order by use up to date."""
    return logic.count_visits()


def forget() -> str:
    """Erase personal data past the retention that the declaration promises."""
    told = []
    for kept in registry.system("open_data").personal_data:
        gone = registry.resolve(kept.erase)(clock.now() - kept.retention)
        told.append(f"{kept.model}: {gone}")
    return ", ".join(told)
