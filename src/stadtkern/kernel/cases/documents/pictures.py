"""Photos: decoded and written anew, so that nothing but the picture is left of them."""

import io
import warnings
from typing import Final

from django.utils.translation import gettext as _

from stadtkern.kernel.cases.documents.limits import LONGEST_SIDE, MOST_PIXELS
from stadtkern.kernel.cases.documents.problem import NotTaken
from stadtkern.kernel.cases.documents.types import Taken

FORMATS: Final = ("PNG", "JPEG", "HEIF")
QUALITY: Final = 90
# Longer sides than this show no more of a document; they only weigh.
SHRUNK_TO: Final = 6000


def taken(content: bytes) -> Taken:
    """The picture without place, camera and anything that was hidden in it.

    Upright as it was taken; HEIC becomes JPEG. Raises NotTaken: broken, or far too large.
    """
    import pillow_heif  # noqa: PLC0415  only who takes a file needs it
    from PIL import Image, ImageOps, UnidentifiedImageError

    pillow_heif.register_heif_opener()
    try:
        with warnings.catch_warnings():
            # Pillow warns of bombs before it decodes; we have looked at the size ourselves.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as seen:
                _check_size(seen.size)
                seen.load()
                upright = ImageOps.exif_transpose(seen)
                png = seen.format == "PNG"
                return _written(upright, png=png)
    except NotTaken:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError,
            SyntaxError, EOFError, MemoryError):  # fmt: skip
        raise NotTaken(
            _("This picture cannot be opened. Take the photo once more, or save it as JPEG.")
        ) from None


def _check_size(size: tuple[int, int]) -> None:
    if size[0] * size[1] > MOST_PIXELS or max(size) > LONGEST_SIDE:
        raise NotTaken(_("This picture is far too large. Please make it smaller and try again."))


def _written(picture: "object", *, png: bool) -> Taken:
    from PIL import Image

    assert isinstance(picture, Image.Image)
    picture.thumbnail((SHRUNK_TO, SHRUNK_TO))
    # A new picture of the same points: what hung on the old one stays behind.
    mode = "RGBA" if png and "A" in picture.getbands() else "RGB"
    plain = Image.new(mode, picture.size)
    plain.paste(picture.convert(mode))
    file = io.BytesIO()
    if png:
        plain.save(file, "PNG", optimize=False)
        return Taken(mime="image/png", content=file.getvalue())
    plain.save(file, "JPEG", quality=QUALITY)
    return Taken(mime="image/jpeg", content=file.getvalue())
