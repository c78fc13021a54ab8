"""A small, safe part of Markdown: headings, lists, links, bold and italic; all else is text."""

import re
from collections.abc import Iterator

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

LINK = re.compile(r"\[([^\[\]]{1,200})\]\(([^\s()]{1,500})\)")
BOLD = re.compile(r"\*\*([^*]+)\*\*")
ITALIC = re.compile(r"\*([^*]+)\*")
# What a link may lead to: our own pages, other websites, a mailbox.
ALLOWED = re.compile(r"(https?://|mailto:|/(?![/\\])|\?|#)", re.IGNORECASE)
HEADING = re.compile(r"(#{1,3}) +(.+)")
BULLET = re.compile(r"[-*] +(.+)")
LONGEST = 5000


def prose(text: str, level: int = 3) -> SafeString:
    """The text as HTML. Everything is escaped first; headings begin at `level`."""
    return mark_safe("\n".join(_blocks(text[:LONGEST], level)))  # noqa: S308  built from escaped parts


def _blocks(text: str, level: int) -> Iterator[str]:
    for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        yield from _block([line.strip() for line in part.split("\n") if line.strip()], level)


def _block(lines: list[str], level: int) -> Iterator[str]:
    plain: list[str] = []
    items: list[str] = []
    for line in lines:
        heading, bullet = HEADING.fullmatch(line), BULLET.fullmatch(line)
        if items and not bullet:
            yield _list(items)
            items = []
        if plain and (heading or bullet):
            yield f"<p>{'<br>'.join(plain)}</p>"
            plain = []
        if heading:
            size = min(level + len(heading[1]) - 1, 6)
            yield f"<h{size}>{_inline(heading[2])}</h{size}>"
        elif bullet:
            items.append(_inline(bullet[1]))
        else:
            plain.append(_inline(line))
    if items:
        yield _list(items)
    if plain:
        yield f"<p>{'<br>'.join(plain)}</p>"


def _list(items: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"


def _inline(line: str) -> str:
    """Links are taken out first, so that nothing inside an address is read as a sign."""
    parts: list[str] = []
    end = 0
    for found in LINK.finditer(line):
        parts += [_marked(line[end : found.start()]), _link(found[1], found[2])]
        end = found.end()
    return "".join([*parts, _marked(line[end:])])


def _link(text: str, address: str) -> str:
    if not ALLOWED.match(address):
        return str(conditional_escape(text))
    return str(format_html('<a href="{}">{}</a>', address, text))


def _marked(text: str) -> str:
    safe = str(conditional_escape(text))
    return ITALIC.sub(r"<em>\1</em>", BOLD.sub(r"<strong>\1</strong>", safe))
