"""Background work of statistics: protecting the numbers of a draft."""

from stadtkern.systems.statistics.logic import protect as protection
from stadtkern.systems.statistics.models import Edition


def protect(number: int) -> str:
    """Protect the draft with this number; one that is done, or gone, is left alone."""
    edition = Edition.objects.filter(pk=number, state=Edition.DRAFT).first()
    if edition is None:
        return "nothing to do"
    protection.protect(edition)
    report = edition.report
    return f"{report.get('primary', 0)} small, {report.get('secondary', 0)} beside them"
