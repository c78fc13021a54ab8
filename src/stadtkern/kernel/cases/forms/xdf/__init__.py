"""Forms from FIM: data schemas in XDatenfelder 2.0 and 3.0.0 become drafts for the editor."""

from stadtkern.kernel.cases.forms.xdf.reading import NotXdf
from stadtkern.kernel.cases.forms.xdf.taking import Taken, taken_from

__all__ = ["NotXdf", "Taken", "taken_from"]
