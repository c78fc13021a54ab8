"""What a file really is, by its content and never by its name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from stadtkern.kernel.cases.documents.problem import NotTaken

# Content that is taken, by its first bytes -> media type.
HEADS: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)
HEIC_BRANDS: Final = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc")
ENDINGS: Final = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}
TITLES: Final = {"application/pdf": "PDF", "image/png": "PNG", "image/jpeg": "JPEG",
                 "image/heic": "HEIC"}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """A file as it is kept: cleaned content and its true media type."""

    mime: str
    content: bytes
    # What was left out of it, in words; empty where nothing was.
    note: str = ""


def sniffed(content: bytes) -> str:
    """The media type of what we take, else what puremagic thinks it is, else empty."""
    for head, mime in HEADS:
        if content.startswith(head):
            return mime
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        return "image/heic"
    # Some programs write a few bytes before the head of a PDF; readers bear up to 1024 of them.
    if b"%PDF-" in content[:1024] and content.lstrip()[:1] != b"<":
        return "application/pdf"
    return _guessed(content)


def _guessed(content: bytes) -> str:
    import puremagic  # noqa: PLC0415  only who takes a file needs it

    try:
        return str(puremagic.from_string(content[:65536], mime=True))
    except (puremagic.PureError, ValueError):
        return ""


def taken(content: bytes, allowed: tuple[str, ...]) -> Taken:
    """The file as it is kept. Raises NotTaken: it is something else, broken, or harmful.

    `allowed` are media types; a photo in HEIC is taken where JPEG is.
    """
    mime = sniffed(content)
    if mime not in READERS or not _fits(mime, allowed):
        raise NotTaken(_refusal(mime, allowed))
    return READERS[mime](content)


def _fits(mime: str, allowed: tuple[str, ...]) -> bool:
    if not allowed:
        return True
    kept = "image/jpeg" if mime == "image/heic" else mime
    return any(one in (mime, kept, f"{kept.split('/')[0]}/*") for one in allowed)


def _refusal(mime: str, allowed: tuple[str, ...]) -> str:
    words = ", ".join(TITLES[one] for one in TITLES if _fits(one, allowed))
    if mime.startswith(("application/vnd", "application/msword", "application/zip")) or (
        mime == "application/x-ole-storage"
    ):
        return _("Office files can hold programs. Save it as a PDF and choose that.")
    return _("This file is none of the kinds that can be read here: %(kinds)s.") % {"kinds": words}


def _pdf(content: bytes) -> Taken:
    from stadtkern.kernel.cases.documents import pdfs  # noqa: PLC0415  pikepdf is heavy

    return pdfs.taken(content)


def _picture(content: bytes) -> Taken:
    from stadtkern.kernel.cases.documents import pictures  # noqa: PLC0415  so is Pillow

    return pictures.taken(content)


READERS: Final[dict[str, Callable[[bytes], Taken]]] = {
    "application/pdf": _pdf, "image/png": _picture, "image/jpeg": _picture,
    "image/heic": _picture,
}  # fmt: skip
