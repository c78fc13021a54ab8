"""Photos of number plates that are drawn here: a free font, no car's own plate, nobody's photo."""

import io
import random
from pathlib import Path

import numpy as np
import reportlab
from PIL import Image, ImageDraw, ImageFilter, ImageFont

# Bitstream Vera, which comes with reportlab; the font of real plates is not free.
FONT = Path(reportlab.__file__).parent / "fonts" / "VeraBd.ttf"
WIDE, HIGH = 1040, 220


def plate(letters: str, more: str) -> Image.Image:
    """`HER`, `AB 123`: white, with the blue band and the seals between its parts."""
    picture = Image.new("RGB", (WIDE, HIGH), "white")
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((3, 3, WIDE - 4, HIGH - 4), 16, outline="black", width=7)
    pen.rectangle((10, 10, 84, HIGH - 11), fill=(0, 51, 153))
    pen.text((30, 135), "D", font=ImageFont.truetype(FONT, 54), fill="white")
    font = ImageFont.truetype(FONT, 150)
    width = font.getlength(letters) + 100 + font.getlength(more)
    if width > WIDE - 120:
        font = ImageFont.truetype(FONT, int(150 * (WIDE - 120) / width))
    pen.text((104, HIGH / 2), letters, font=font, fill="black", anchor="lm")
    seal = 104 + font.getlength(letters) + 45
    for height, colour in ((0.3, (200, 160, 40)), (0.7, (210, 210, 210))):
        at = HIGH * height
        pen.ellipse((seal - 28, at - 28, seal + 28, at + 28), fill=colour, outline="grey")
    pen.text((seal + 45, HIGH / 2), more, font=font, fill="black", anchor="lm")
    return picture


def photo(
    letters: str, more: str, *, seed: int = 1, turned: float = 0, skew: float = 0, blur: float = 0,
    share: float = 0.5, noise: float = 6, light: float = 1.0,
) -> bytes:  # fmt: skip
    """A JPEG of 1280 x 960 in which the plate takes a share of the width, at the back of a car."""
    rng = random.Random(seed)
    scene = Image.new("RGB", (1280, 960), (96, 104, 112))
    pen = ImageDraw.Draw(scene)
    pen.rectangle((0, 0, 1280, 380), fill=(58, 70, 84))
    pen.rectangle((0, 700, 1280, 960), fill=(70, 70, 68))
    for _spot in range(14):
        x, y = rng.randrange(1280), rng.randrange(700, 960)
        pen.ellipse((x, y, x + 60, y + 12), fill=(60, 60, 58))
    pen.text((90, 300), "Modell", font=ImageFont.truetype(FONT, 40), fill=(190, 190, 195))
    shown = plate(letters, more).convert("RGBA")
    wide = int(1280 * share)
    shown = shown.resize((wide, int(wide * HIGH / WIDE)), Image.Resampling.LANCZOS)
    if skew:
        shown = _skewed(shown, skew)
    shown = shown.rotate(turned, expand=True, resample=Image.Resampling.BICUBIC)
    scene.paste(shown, (640 - shown.width // 2, 540 - shown.height // 2), shown)
    if blur:
        scene = scene.filter(ImageFilter.GaussianBlur(blur))
    return _written(scene, noise, light, seed)


def _skewed(picture: Image.Image, skew: float) -> Image.Image:
    """As it is seen from the side: the far end is smaller."""
    wide, high = picture.size
    drop = high * skew
    corners = (0, 0, -drop * 0.2, high, wide + drop * 0.2, high + drop, wide, -drop)
    size, ground = (int(wide * (1 - skew / 3)), high), (96, 104, 112, 0)
    return picture.transform(
        size, Image.Transform.QUAD, corners, resample=Image.Resampling.BICUBIC, fillcolor=ground
    )


def _written(scene: Image.Image, noise: float, light: float, seed: int) -> bytes:
    grain = np.random.default_rng(seed).normal(0, noise, (960, 1280, 1))
    pixels = np.clip(np.asarray(scene, dtype=float) * light + grain, 0, 255).astype("uint8")
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=82)
    return out.getvalue()
