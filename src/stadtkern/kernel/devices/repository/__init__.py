"""Imports device repositories: devices, their codecs, and the examples that come with them."""

from stadtkern.kernel.devices.repository.files import Unusable, archive, folder
from stadtkern.kernel.devices.repository.found import Codec, Found, Part, Problem
from stadtkern.kernel.devices.repository.importing import Report, run

__all__ = [
    "Codec",
    "Found",
    "Part",
    "Problem",
    "Report",
    "Unusable",
    "archive",
    "folder",
    "run",
]
