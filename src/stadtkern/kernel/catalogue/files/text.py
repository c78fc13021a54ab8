"""Bytes become text: Unicode where it is, else the old encoding whose signs make German sense."""

from typing import Final

from stadtkern.kernel.catalogue.files.notices import Notices

# Of the one-byte encodings each reads any file. Measured on the hard files that the tests keep, a
# general detector took Latin-1 for Mac Roman and DOS for Latin-1; counting German signs is right.
OLD: Final = {"cp1252": "Windows-1252", "cp850": "DOS 850", "mac_roman": "Mac Roman"}
GERMAN: Final = frozenset("äöüÄÖÜßéèáàçñ€§°²³µ–„“”’½×·")
MARKS: Final = {
    b"\xef\xbb\xbf": "utf-8",
    b"\xff\xfe": "utf-16-le",
    b"\xfe\xff": "utf-16-be",
}
SAMPLE: Final = 200_000


def decoded(content: bytes, notices: Notices) -> str:
    """The text, its line ends as they are; what was odd is told."""
    for mark, encoding in MARKS.items():
        if content.startswith(mark):
            notices.add("mark")
            return _replacing(content[len(mark) :], encoding, notices)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        best = max(OLD, key=lambda name: _sense(content, name))
        notices.add("encoding", value=OLD[best])
        return _replacing(content, best, notices)


def _replacing(content: bytes, encoding: str, notices: Notices) -> str:
    text = content.decode(encoding, errors="replace")
    if "\N{REPLACEMENT CHARACTER}" in text:
        notices.add("undecodable")
    return text


def _sense(content: bytes, encoding: str) -> int:
    """How many of the signs beyond ASCII German texts use, less those that they do not."""
    beyond = bytes(one for one in content[: SAMPLE * 10] if one > 127)[:SAMPLE]
    return sum(1 if sign in GERMAN else -1 for sign in beyond.decode(encoding, errors="replace"))
