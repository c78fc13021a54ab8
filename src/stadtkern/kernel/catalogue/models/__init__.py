"""Datasets, who publishes them, their resources, and the versions of these."""

from stadtkern.kernel.catalogue.models.dataset import Dataset, Publisher
from stadtkern.kernel.catalogue.models.entry import Entry
from stadtkern.kernel.catalogue.models.file import StoredFile
from stadtkern.kernel.catalogue.models.harvest import Harvested, Line, Run, Source
from stadtkern.kernel.catalogue.models.judgement import MUST, Judgement
from stadtkern.kernel.catalogue.models.resource import Resource, Version
from stadtkern.kernel.catalogue.models.upload import Upload

__all__ = [
    "MUST",
    "Dataset", "Entry", "Harvested", "Judgement", "Line", "Publisher", "Resource", "Run", "Source",
    "StoredFile", "Upload", "Version",
]  # fmt: skip
