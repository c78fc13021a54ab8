"""What devices measure, in one table, and which field of a codec means what."""

from stadtkern.kernel.devices.vocabulary.fields import Field, fields
from stadtkern.kernel.devices.vocabulary.propose import Proposal, propose
from stadtkern.kernel.devices.vocabulary.terms import Term, by_slug, observed, terms
from stadtkern.kernel.devices.vocabulary.units import Conversion, conversion, known_unit, shown

__all__ = [
    "Conversion",
    "Field",
    "Proposal",
    "Term",
    "by_slug",
    "conversion",
    "fields",
    "known_unit",
    "observed",
    "propose",
    "shown",
    "terms",
]
