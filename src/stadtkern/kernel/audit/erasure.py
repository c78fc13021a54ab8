"""Personal data of all systems is erased when its declared retention is over."""

import structlog
from django.db import transaction

from stadtkern.kernel import clock, registry
from stadtkern.kernel.contract import PersonalData, System

log = structlog.get_logger("erasure")


class NotErased(Exception):
    """Some eraser failed; the others ran. The text names them."""


def erase_due() -> str:
    """Call the eraser of everything that a system declares as personal data.

    Also of systems that are off: what they kept of people is still there. One that fails does not
    hold up the others. Raises NotErased.
    """
    told, failed = [], []
    for system in registry.installed():
        for kept in system.personal_data:
            try:
                told.append(f"{system.slug} {kept.model}: {_erase(kept)}")
            except Exception as error:  # noqa: BLE001  whatever it is, the others go on
                failed.append(_said(system, kept, error))
    if failed:
        raise NotErased("; ".join(failed))
    return ", ".join(told) or "nothing is declared"


def _erase(kept: PersonalData) -> int:
    with transaction.atomic():
        return int(registry.resolve(kept.erase)(clock.now() - kept.retention))


def _said(system: System, kept: PersonalData, error: Exception) -> str:
    log.error("not erased", system=system.slug, model=kept.model, exc_info=error)
    return f"{system.slug} {kept.model}: {type(error).__name__}: {error}"
