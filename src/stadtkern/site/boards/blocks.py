"""What boards are made of: numbers, charts, maps and texts, in a form that can be stored."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

Kind = Literal["number", "chart", "map", "text"]
KINDS: dict[Kind, str | Promise] = {
    "number": _("Single number"),
    "chart": _("Chart"),
    "map": _("Map"),
    "text": _("Text"),
}
MOST = 24


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """One part of a board.

    `what` is `t:<system>.<tile>` or `d:<datastream>` for a number, the explorer's query for a
    chart, and `layers=..&view=..` for a map. `text` belongs to a text, as `prose.py` reads it.
    """

    kind: Kind
    what: str = ""
    title: str = ""
    title_en: str = ""
    text: str = ""
    text_en: str = ""
    wide: bool = False

    @property
    def heading(self) -> str:
        """The title in the reader's language; empty where the block names itself."""
        return self.title_en or self.title if get_language() == "en" else self.title

    @property
    def words(self) -> str:
        """The text in the reader's language."""
        return self.text_en or self.text if get_language() == "en" else self.text

    @property
    def kind_title(self) -> str | Promise:
        """What sort of block it is, in words."""
        return KINDS[self.kind]


def stored(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    """As a version keeps them."""
    return [{name: one for name, one in asdict(block).items() if one} for block in blocks]


def read(rows: Any) -> list[Block]:
    """What a version keeps; rows of unknown kinds, from a newer house, are left out."""
    found = [row for row in rows if isinstance(row, dict) and row.get("kind") in get_args(Kind)]
    names = set(Block.__dataclass_fields__)
    return [Block(**{name: one for name, one in row.items() if name in names}) for row in found]
