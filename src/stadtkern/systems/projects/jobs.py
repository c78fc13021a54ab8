"""What the project map does by the clock."""

from stadtkern.systems.projects import changes


def keep_time() -> str:
    """Publish and withdraw projects on time."""
    begun, ended = changes.keep_time()
    return f"{begun} published, {ended} withdrawn"
