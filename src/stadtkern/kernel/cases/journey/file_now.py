"""Makes a case known at once, so that no deadline is missed; the rest is filled in later."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.cases.forms.definition import Definition
from stadtkern.kernel.cases.journey import mails
from stadtkern.kernel.cases.journey.errors import NotOpen
from stadtkern.kernel.cases.journey.hold import definition_of, held
from stadtkern.kernel.cases.models import Case
from stadtkern.kernel.cases.moves import tell

# So long there is time to fill in the rest.
COMPLETE_WITHIN: Final = timedelta(days=90)
# The name among the form's texts that says, in words for people, that this is possible here.
TEXT: Final = "file_now"


def is_possible(definition: Definition) -> bool:
    """Whether the form allows it."""
    return TEXT in definition.texts


def file_now(case: Case) -> Case:
    """Fix the day on which it was made known; a second time changes nothing. Raises NotOpen."""
    with transaction.atomic():
        row = held(case.pk)
        if row.filed is not None:
            return row
        if row.state != "draft" or not is_possible(definition_of(row)):
            raise NotOpen(_("This cannot be made known in advance. Please send it as a whole."))
        row.filed = clock.now()
        row.expires = row.filed + COMPLETE_WITHIN
        row.save(update_fields=["filed", "expires"])
        tell(row, "filed", key="filed")
        mails.write(row, "filed")
    return row
