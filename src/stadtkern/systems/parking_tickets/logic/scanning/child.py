"""A program of its own: reads a photo from standard input, writes its lines of text as JSON.

It gets no environment and no file, writes none, and ends by itself: a hostile picture harms nobody.
"""

import io
import json
import logging
import resource
import sys
from typing import Any

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 50_000_000
# A plate that an officer photographs fills a good part of the picture.
LONGEST_SIDE = 1280
MEMORY, SECONDS = 3 * 1024**3, 20
# Text is sought in a smaller copy and read from the large one; nobody photographs upside down.
WAYS = {
    "Global.use_cls": False, "Det.limit_type": "max", "Det.limit_side_len": 736,
    "EngineConfig.onnxruntime.intra_op_num_threads": 2,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}  # fmt: skip


def main() -> int:
    """0, or 1 where there is no picture that can be read."""
    _limit()
    try:
        picture = _opened(sys.stdin.buffer.read())
    except Exception:  # noqa: BLE001  whatever a broken picture does, it is a broken picture
        return 1
    json.dump(_read(picture), sys.stdout)
    return 0


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _opened(photo: bytes) -> Any:
    """The pixels, upright and small enough. Raises whatever Pillow does."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2
    found = Image.open(io.BytesIO(photo), formats=FORMATS)
    if found.width * found.height > MOST_PIXELS:
        raise ValueError("too many pixels")
    found.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(found).convert("RGB")
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return upright


def _read(picture: Any) -> list[dict[str, Any]]:
    import numpy as np  # noqa: PLC0415  after the limits are set
    from rapidocr import RapidOCR  # noqa: PLC0415

    logging.disable()
    told: Any = RapidOCR(params=WAYS)(np.asarray(picture)[:, :, ::-1])
    if told.boxes is None:
        return []
    return [_line(*one) for one in zip(told.txts, told.scores, told.boxes, strict=True)]


def _line(text: str, score: float, box: Any) -> dict[str, Any]:
    across, down = [float(x) for x, _y in box], [float(y) for _x, y in box]
    return {"text": text, "score": float(score), "left": min(across), "right": max(across),
            "top": min(down), "bottom": max(down)}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
