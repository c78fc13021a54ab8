"""What is wrong with the city's datasets, for the staff's page of problems."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from stadtkern.kernel.catalogue.models import Dataset, Resource, Upload
from stadtkern.kernel.contract import Problem


def check_datasets() -> list[Problem]:
    """Datasets of systems that could not be renewed, and uploads that failed."""
    return [*_failed(), *_uploads()]


def _failed() -> Iterator[Problem]:
    broken = Resource.objects.exclude(problem="").filter(dataset__state=Dataset.PUBLISHED)
    for one in broken.select_related("dataset")[:20]:
        said = _("The dataset “%(title)s” could not be renewed: %(problem)s")
        text = said % {"title": one.dataset.name, "problem": one.problem}
        yield Problem(text=text, fix=reverse("open_data-staff:dataset", args=[one.dataset.slug]))


def _uploads() -> Iterator[Problem]:
    failed = Upload.objects.filter(state=Upload.FAILED).select_related("file", "dataset")
    for one in failed.defer("file__content")[:20]:
        said = _("The file %(name)s could not be read: %(problem)s")
        text = said % {"name": one.file.name, "problem": one.problem}
        yield Problem(text=text, fix=reverse("open_data-staff:upload", args=[one.pk]))
