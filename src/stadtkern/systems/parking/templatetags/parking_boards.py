"""Display boards on pages, as pictures of their lamps."""

from collections.abc import Mapping
from typing import Any

from django import template

from stadtkern.systems.parking.logic.boards.drawing import Drawing, draw
from stadtkern.systems.parking.logic.boards.faces import Face, face_of
from stadtkern.systems.parking.models import Board

register = template.Library()


@register.inclusion_tag("parking/boards/led.html")
def led(
    face: Face | Mapping[str, Any] | None, board: Board, lines: int = 0, caption: str = ""
) -> dict[str, Any]:
    """A face, or what is kept of one, on this board."""
    found = face_of(face) if isinstance(face, Mapping) else face
    drawing: Drawing = draw(found, board.width, lines)
    return {"drawing": drawing, "caption": caption, "dark": found is None}
