"""How a file is read: which rows are what, what each column is, what the headings mean."""

from typing import Literal

import msgspec

Role = Literal["skip", "key", "code", "value"]


class Column(msgspec.Struct, kw_only=True):
    """A column's role; a key or a code says for which dimension."""

    role: Role = "skip"
    dimension: str = ""
    heading: str = ""


class Dim(msgspec.Struct, kw_only=True):
    """A dimension of the table."""

    slug: str
    title: str
    kind: str = "other"


class Reading(msgspec.Struct, kw_only=True):
    """All that is known of a file. Rows count from 1 and are inside; `heads` has none where 0.

    `levels` names the dimension of each heading row from above, empty where it says nothing.
    `when` and `where` are the date and the area of all numbers where no column has them.
    """

    sheet: int = 0
    head_first: int = 0
    head_last: int = 0
    first: int = 1
    last: int = 1
    columns: list[Column] = msgspec.field(default_factory=list)
    levels: list[str] = msgspec.field(default_factory=list)
    dims: list[Dim] = msgspec.field(default_factory=list)
    when: str = ""
    where: str = ""
    decimal: str = ","
    keep: bool = True

    def of(self, role: Role, dimension: str = "") -> list[int]:
        """The columns with this role, and for this dimension where one is named."""
        return [
            i for i, one in enumerate(self.columns)
            if one.role == role and (not dimension or one.dimension == dimension)
        ]  # fmt: skip
