"""Pictures as they are uploaded: checked by their content and drawn anew."""

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final
from warnings import catch_warnings, simplefilter

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_BYTES: Final = 12 * 1024 * 1024
MOST_PIXELS: Final = 40_000_000
LEAST_SIDE: Final = 300
FORMATS: Final = ("JPEG", "PNG", "WEBP")
LARGE: Final = (1600, 1600)
SMALL: Final = (640, 640)
QUALITY: Final = 80


class Refused(Exception):
    """The file cannot be used; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """A picture in two sizes, WebP without EXIF, position, comments or colour profile."""

    large: bytes
    small: bytes
    width: int
    height: int


def draw(upload: bytes) -> Drawn:
    """The picture in our sizes. Raises Refused."""
    if len(upload) > MOST_BYTES:
        raise Refused(_("The file is larger than 12 MB. Please choose a smaller picture."))
    picture = _opened(upload)
    large = _fitted(picture, LARGE)
    return Drawn(
        large=_encoded(large), small=_encoded(_fitted(picture, SMALL)),
        width=large.width, height=large.height,
    )  # fmt: skip


def _opened(upload: bytes) -> "Image":
    """Only the three formats are tried, whatever the file is called."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    unreadable = (UnidentifiedImageError, OSError, ValueError, SyntaxError,
                  Image.DecompressionBombWarning, Image.DecompressionBombError)  # fmt: skip
    try:
        with catch_warnings():
            simplefilter("error", Image.DecompressionBombWarning)
            found = Image.open(BytesIO(upload), formats=FORMATS)
        if found.width * found.height > MOST_PIXELS:
            raise Refused(_("The picture has more than 40 million pixels. Please make it smaller."))
        found.load()
    except unreadable:
        raise Refused(
            _("This file is no picture that can be read. Please choose a JPEG, PNG or WebP file.")
        ) from None
    if min(found.size) < LEAST_SIDE:
        raise Refused(_("The picture is too small: each side needs at least 300 pixels."))
    # A camera that was held upright says so in EXIF, which is not kept.
    return _plain(ImageOps.exif_transpose(found))


def _plain(picture: "Image") -> "Image":
    """Pixels alone on white: what a file says beside them does not come along."""
    from PIL import Image

    rgba = picture.convert("RGBA")
    ground = Image.new("RGBA", rgba.size, "white")
    return Image.alpha_composite(ground, rgba).convert("RGB")


def _fitted(picture: "Image", size: tuple[int, int]) -> "Image":
    fitted = picture.copy()
    fitted.thumbnail(size)
    return fitted


def _encoded(picture: "Image") -> bytes:
    out = BytesIO()
    picture.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()
