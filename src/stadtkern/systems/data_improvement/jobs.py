"""What is done by the clock: old examinations are forgotten."""

from datetime import timedelta

from stadtkern.kernel import clock
from stadtkern.systems.data_improvement.models import Examination

KEPT = timedelta(days=180)


def forget() -> str:
    """Delete examinations from which nothing was made; those behind a recipe stay."""
    old = Examination.objects.filter(created__lt=clock.now() - KEPT, improvements=None)
    # Their rows can be large, and nobody needs them to be forgotten.
    told = old.count()
    old.defer("rows").delete()
    return f"{told} examinations forgotten"
