"""Where in the journey from a file to a dataset a page stands."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from stadtkern.kernel.catalogue.models import Dataset, Upload
from stadtkern.systems.open_data.publishing.words import STEPS


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A step; `state` is done, here or to come."""

    title: str | Promise
    state: str
    url: str = ""


def steps(here: str, dataset: Dataset | None = None, upload: Upload | None = None) -> list[Step]:
    """The steps with links to those that a person can go back to."""
    keys = [key for key, _title in STEPS]
    at = keys.index(here)
    urls = _urls(dataset, upload)
    return [
        Step(
            title=title, state="done" if n < at else "here" if n == at else "to-come",
            url="" if n == at else urls.get(key, ""),
        )
        for n, (key, title) in enumerate(STEPS)
    ]  # fmt: skip


def _urls(dataset: Dataset | None, upload: Upload | None) -> dict[str, str]:
    found = {}
    if upload is not None and upload.state != Upload.TAKEN:
        found["table"] = reverse("open_data-staff:upload", args=[upload.pk])
    elif dataset is not None and upload is None:
        found["words"] = reverse("open_data-staff:describe", args=[dataset.slug])
        found["check"] = reverse("open_data-staff:check", args=[dataset.slug])
    return found
