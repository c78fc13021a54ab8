"""Tables of numbers: what they count, by which dimensions, in which editions."""

from stadtkern.systems.statistics.models.area import Area
from stadtkern.systems.statistics.models.cell import Cell
from stadtkern.systems.statistics.models.edition import Edition, Upload
from stadtkern.systems.statistics.models.table import Dimension, Item, Table, Theme

__all__ = ["Area", "Cell", "Dimension", "Edition", "Item", "Table", "Theme", "Upload"]
