"""Who asks, and thus what of the data that is not public they may see."""

from stadtkern.kernel.things.visibility import PUBLIC, Viewer

__all__ = ["PUBLIC", "Viewer"]
