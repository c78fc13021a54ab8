"""PDFs: opened and written anew without what runs, calls out or hides in them."""

import io
from typing import Any, Final

from django.utils.translation import gettext as _

from stadtkern.kernel.cases.documents.limits import MOST_PAGES, MOST_UNPACKED
from stadtkern.kernel.cases.documents.problem import NotTaken
from stadtkern.kernel.cases.documents.types import Taken

# Where a document keeps what happens by itself (ISO 32000-2, 12.6.3), what is attached to it,
# and forms that are programs.
ROOT: Final = ("/OpenAction", "/AA", "/AF", "/Collection", "/Threads", "/URI")
PAGE: Final = ("/AA", "/AF", "/PresSteps")
NAMES: Final = ("/JavaScript", "/EmbeddedFiles", "/AlternatePresentations", "/Renditions")
# Annotations that hold files, sounds, films, 3D or play something.
HOLDERS: Final = ("/FileAttachment", "/Sound", "/Movie", "/Screen", "/3D", "/RichMedia",
                  "/TrapNet", "/Projection")  # fmt: skip
# What a link may do: go somewhere in this document, or to a web address when one clicks it.
HARMLESS: Final = ("/GoTo", "/URI", "/Named")


def taken(content: bytes) -> Taken:
    """The document with its pages and nothing that acts. Raises NotTaken: locked or broken."""
    import pikepdf  # noqa: PLC0415  only who takes a file needs it

    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if pdf.is_encrypted:
                raise NotTaken(_locked())
            return _cleaned(pdf)
    except pikepdf.PasswordError:
        raise NotTaken(_locked()) from None
    except NotTaken:
        raise
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError, AttributeError, KeyError,
            RecursionError, MemoryError):  # fmt: skip
        raise NotTaken(_("This PDF is damaged. Print it into a new PDF and choose that.")) from None


def _locked() -> str:
    return _("This PDF is locked with a password. Save it without one and choose that.")


def _cleaned(pdf: Any) -> Taken:
    if not 1 <= len(pdf.pages) <= MOST_PAGES:
        raise NotTaken(_("This PDF has no pages, or more than can be read here."))
    _check_weight(pdf)
    left = _drop(pdf.Root, ROOT)
    if "/Names" in pdf.Root:
        left += _drop(pdf.Root.Names, NAMES)
    if "/AcroForm" in pdf.Root:
        left += _drop(pdf.Root.AcroForm, ("/XFA", "/CO"))
    for page in pdf.pages:
        left += _drop(page.obj, PAGE) + _annotations(page)
    left += _actions(pdf)
    file = io.BytesIO()
    pdf.save(file, linearize=False, fix_metadata_version=False)
    note = _("We left out what runs by itself in this PDF.") if left else ""
    return Taken(mime="application/pdf", content=file.getvalue(), note=note)


def _drop(holder: Any, names: tuple[str, ...]) -> int:
    found = [name for name in names if name in holder]
    for name in found:
        del holder[name]
    return len(found)


def _annotations(page: Any) -> int:
    """Files, sounds and films that hang on a page go."""
    held = page.obj.get("/Annots")
    if held is None:
        return 0
    bad = [n for n, one in enumerate(held) if str(one.get("/Subtype", "")) in HOLDERS]
    for n in reversed(bad):
        del held[n]
    return len(bad)


def _actions(pdf: Any) -> int:
    """Wherever an action hangs (links, fields, outlines, chains): what does more than go goes.

    Objects that nothing points to any more are not written.
    """
    import pikepdf  # noqa: PLC0415

    left = 0
    for one in pdf.objects:
        if isinstance(one, pikepdf.Stream):
            one = one.stream_dict
        if not isinstance(one, pikepdf.Dictionary):
            continue
        left += _act(one) + _deeper(one, 0)
    return left


def _deeper(holder: Any, depth: int) -> int:
    """Dictionaries that are written inside of others, a few floors down."""
    import pikepdf  # noqa: PLC0415

    if depth > 8:
        return 0
    left = 0
    items = holder.values() if isinstance(holder, pikepdf.Dictionary) else holder
    for one in list(items):
        if getattr(one, "is_indirect", False):
            continue
        if isinstance(one, pikepdf.Dictionary):
            left += _act(one) + _deeper(one, depth + 1)
        elif isinstance(one, pikepdf.Array):
            left += _deeper(one, depth + 1)
    return left


def _act(holder: Any) -> int:

    left = _drop(holder, ("/JS", "/EF", "/RichMediaContent"))
    if "/AA" in holder:
        left += _drop(holder, ("/AA",))
    for name in ("/A", "/PA", "/Next", "/OpenAction"):
        if _acts(holder.get(name), chain=name == "/Next"):
            del holder[name]
            left += 1
    return left


def _acts(one: Any, *, chain: bool) -> bool:
    """Whether this is an action that does more than go somewhere, or a list of further ones."""
    import pikepdf  # noqa: PLC0415

    if isinstance(one, pikepdf.Dictionary):
        return "/S" in one and str(one.S) not in HARMLESS
    return chain and isinstance(one, pikepdf.Array)


def _check_weight(pdf: Any) -> None:
    """What the packed parts say they unpack to; a bomb is refused before anybody opens it."""
    import pikepdf  # noqa: PLC0415

    total = 0
    for one in pdf.objects:
        if not isinstance(one, pikepdf.Stream):
            continue
        total += _unpacked(one)
        if total > MOST_UNPACKED:
            raise NotTaken(_("This PDF unpacks to far too much. Print it into a new PDF."))


def _unpacked(stream: Any) -> int:
    """Bytes that a Flate stream unpacks to, read in pieces and never kept; others as they are."""
    import zlib  # noqa: PLC0415

    import pikepdf  # noqa: PLC0415

    filters = stream.get("/Filter")
    several = isinstance(filters, pikepdf.Array)
    names = [str(one) for one in filters] if several else [str(filters)] if filters else []
    raw = stream.read_raw_bytes()
    if not names or names[0] != "/FlateDecode":
        return len(raw)
    if len(names) > 2:
        raise NotTaken(_("This PDF is packed in an unusual way. Print it into a new PDF."))
    unpacker, size, rest = zlib.decompressobj(), 0, raw
    while rest and not unpacker.eof and size <= MOST_UNPACKED:
        try:
            size += len(unpacker.decompress(rest, 1024 * 1024))
        except zlib.error:
            break
        rest = unpacker.unconsumed_tail
    return size
