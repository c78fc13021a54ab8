"""From the city's one colour to the shades pages need, each readable where it is used."""

from collections.abc import Iterator
from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import dataclass

WHITE = "#ffffff"
INK = "#12181f"
DARK_CARD = "#171f27"
READABLE = 4.5


@dataclass(frozen=True, kw_only=True)
class Palette:
    """Shades of one city colour: on white, on a dark card, and on the ink bar."""

    city: str
    wash: str
    text: str
    dark_city: str
    dark_wash: str
    dark_text: str
    bright: str
    deep: str


def palette(colour: str) -> Palette:
    """All shades of a `#rrggbb`; text colours reach 4.5:1 on the ground they are used on."""
    hue, _, saturation = rgb_to_hls(*_channels(colour))
    wash, dark_wash = _hex(hue, 0.92, saturation * 0.4), _hex(hue, 0.13, saturation * 0.5)
    return Palette(
        city=_until(colour, WHITE, darker=True),
        wash=wash,
        text=_until(_hex(hue, 0.15, saturation), wash, darker=True),
        dark_city=_until(_hex(hue, 0.5, min(saturation, 0.65)), DARK_CARD, darker=False),
        dark_wash=dark_wash,
        dark_text=_until(_hex(hue, 0.8, min(saturation, 0.6)), dark_wash, darker=False),
        bright=_until(_hex(hue, 0.505, min(saturation, 0.65)), INK, darker=False),
        deep=_hex(hue, 0.17, saturation * 0.76),
    )


def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two colours, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _until(colour: str, ground: str, *, darker: bool) -> str:
    """The nearest darker or lighter shade that is readable on this ground."""
    shades = _shades(colour, -0.01 if darker else 0.01)
    return next((one for one in shades if contrast(one, ground) >= READABLE), ground)


def _shades(colour: str, step: float) -> Iterator[str]:
    hue, lightness, saturation = rgb_to_hls(*_channels(colour))
    yield colour.lower()
    while 0 <= (lightness := lightness + step) <= 1:
        yield _hex(hue, lightness, saturation)


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def _hex(hue: float, lightness: float, saturation: float) -> str:
    channels = hls_to_rgb(hue, lightness, saturation)
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)


def _luminance(colour: str) -> float:
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
