"""What happens by itself."""

from datetime import timedelta

from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.systems.service_reuse.models import Trial

PATIENCE = timedelta(hours=1)


def give_up() -> str:
    """Tries whose job died get an answer, so that nobody waits for ever."""
    old = Trial.objects.filter(state="waiting", at__lt=clock.now() - PATIENCE)
    count = old.update(state="bad", done=clock.now(), text=_("No answer came. Try it again."))
    return f"{count} tries given up"
