"""Texts with markup become lines: editors write HTML into text modules."""

from html.parser import HTMLParser
from typing import Final

BLOCKS: Final = frozenset({"p", "li", "br", "div", "ul", "ol", "h1", "h2", "h3", "h4", "tr"})
SILENT: Final = frozenset({"script", "style"})


class _Lines(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.silent += tag in SILENT
        if tag in BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in SILENT and self.silent > 0
        if tag in BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data)


def lines(text: str) -> str:
    """The text alone, a line for each paragraph or item, without empty ones."""
    reader = _Lines()
    reader.feed(text)
    reader.close()
    found = (" ".join(line.split()) for line in "".join(reader.parts).splitlines())
    return "\n".join(line for line in found if line)
