"""How a dataset is named where it is used: the credit line of its licence, and a citation."""

from django.utils import timezone
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.catalogue.models import Dataset, Version
from stadtkern.kernel.catalogue.vocabulary import LICENCES, Licence
from stadtkern.systems.open_data import cells


def licence_of(dataset: Dataset) -> Licence:
    """Its licence; one that we do not know is named as it was given to us."""
    known = LICENCES.get(dataset.licence)
    return known or Licence(key=dataset.licence, title=dataset.licence, url="", open=False)


def credit_line(dataset: Dataset, page: str) -> str:
    """What to write beside the data: asked for by some licences, welcome with the others."""
    if dataset.credit:
        return dataset.credit
    licence = licence_of(dataset)
    said = [dataset.publisher.name, dataset.name, licence.title]
    return f"{', '.join(said)}, {licence.url or page}"


def citation(dataset: Dataset, page: str, version: Version | None = None) -> str:
    """Publisher, year, title, version, licence, address and when it was read."""
    which = ""
    if version is not None:
        day = cells.day(timezone.localtime(version.created).date())
        which = _(", version %(number)s of %(day)s") % {"number": version.number, "day": day}
    year = timezone.localtime(dataset.modified).year
    read = _("read on %(day)s") % {"day": cells.day(timezone.localtime(clock.now()).date())}
    licence = licence_of(dataset).title
    return f"{dataset.publisher.name} ({year}): {dataset.name}{which}. {licence}. {page}, {read}."
