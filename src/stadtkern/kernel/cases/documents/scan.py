"""Looks for malware with whatever scanner the city has named; says honestly where there is none."""

from typing import Final

from django.utils.translation import gettext as _

from stadtkern.kernel import registry
from stadtkern.kernel.cases.documents.clamd import Clamd
from stadtkern.kernel.cases.documents.problem import NotTaken
from stadtkern.kernel.cases.documents.scanning import Scanner, ScannerSilent

# The test file of the European Institute for Computer Antivirus Research, in two halves, so that
# no scanner takes this source for it. It is refused also where there is no scanner.
EICAR: Final = (r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD", r"-ANTIVIRUS-TEST-FILE!$H+H*")


def scanner() -> Scanner | None:
    """The city's own; None where it has none."""
    address = registry.city().cases.scanner
    return Clamd(address) if address else None


def check(content: bytes) -> None:
    """Raises NotTaken where a scanner finds something, or gives no answer."""
    if "".join(EICAR).encode() in content:
        raise NotTaken(_refused())
    found = scanner()
    if found is None:
        return
    try:
        verdict = found.look(content)
    except ScannerSilent:
        raise NotTaken(
            _("Files cannot be checked at the moment. Please try again in a few minutes.")
        ) from None
    if not verdict.clean:
        raise NotTaken(_refused())


def _refused() -> str:
    return _("The check for malware found something in this file. Please choose another one.")
