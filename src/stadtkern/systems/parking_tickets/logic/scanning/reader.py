"""Asks a child process what is written in a photo, within limits of size, time and number."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from threading import BoundedSemaphore
from typing import Final

import msgspec
from django.utils.translation import gettext as _

from stadtkern.systems.parking_tickets.logic.scanning.guessing import Line, plates_in

CHILD: Final = Path(__file__).with_name("child.py")
MOST_BYTES: Final = 8 * 1024 * 1024
# Seconds; a photo takes about three, on a busy machine more. Hostile ones end by processor time.
PATIENCE: Final = 25
# Each child takes a core and some hundred megabytes.
_turns = BoundedSemaphore(2)


class Unreadable(Exception):
    """No text came out of it; the message says what to do."""


def installed() -> bool:
    """Whether plates can be read here: the package `rapidocr` is an extra."""
    return find_spec("rapidocr") is not None


def read(photo: bytes) -> list[str]:
    """Plates as `plates.normal` writes them, the likeliest first. Raises Unreadable."""
    if not installed():
        raise Unreadable(_("Photos are not read here. Please type the plate."))
    if len(photo) > MOST_BYTES:
        raise Unreadable(_("Take a photo of at most 8 MB."))
    if not _turns.acquire(timeout=PATIENCE / 5):
        raise Unreadable(_("Too many photos are read at the moment. Please type the plate."))
    try:
        return plates_in(_lines(photo))
    finally:
        _turns.release()


def _lines(photo: bytes) -> list[Line]:
    try:
        done = subprocess.run(  # noqa: S603  our own program, no shell
            [sys.executable, "-I", str(CHILD)], input=photo, capture_output=True, timeout=PATIENCE,
            check=False, env={"OMP_NUM_THREADS": "1"},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Unreadable(_("Reading took too long. Please type the plate.")) from None
    if done.returncode:
        raise Unreadable(_("This photo cannot be read. Take another one, or type the plate."))
    return msgspec.json.decode(done.stdout, type=list[Line])
