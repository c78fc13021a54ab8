"""Fields with an address in Germany: street, number, postcode, town."""

import re
from typing import Any, Final

from django.utils.translation import gettext as _

from stadtkern.kernel.cases.forms.parts import Field
from stadtkern.kernel.cases.forms.values.kind import Handling, NotValid, Said, text_of
from stadtkern.kernel.cases.forms.values.texts import check_postcode

# The parts of an answer, and of the names of its inputs: `address-street`.
PARTS: Final = ("street", "number", "postcode", "town")
NUMBER: Final = re.compile(r"\d{1,5} ?[a-zA-Z]?( ?[-/] ?\d{1,5} ?[a-zA-Z]?)?", re.ASCII)
LONGEST: Final = 120


def _parse(field: Field, said: Said) -> dict[str, str] | None:
    found = {part: text_of(said, f"{field.id}-{part}") for part in PARTS}
    found["postcode"] = found["postcode"].replace(" ", "")
    if not any(found.values()):
        return None
    _check(field, found)
    return found


def _check(field: Field, value: Any) -> None:
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise NotValid(_("Please fill this in once more."))
    missing = {"street": _("the street"), "number": _("the house number"),
               "postcode": _("the postcode"), "town": _("the town")}  # fmt: skip
    names = [title for part, title in missing.items() if not value.get(part)]
    if names:
        raise NotValid(_("Please add %(names)s.") % {"names": ", ".join(names)})
    if any(len(one) > LONGEST for one in value.values()):
        raise NotValid(_("Please write at most %(most)s characters.") % {"most": LONGEST})
    if not NUMBER.fullmatch(value["number"]):
        raise NotValid(_("Write the house number like this: 12, 12a or 12-14"))
    check_postcode(value["postcode"])


def _say(field: Field, value: Any, language: str) -> str:
    return f"{value['street']} {value['number']}, {value['postcode']} {value['town']}"


def _shown(field: Field, value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {f"-{part}": str(value.get(part, "")) for part in PARTS}


ADDRESS: Final = Handling(parse=_parse, check=_check, say=_say, shown=_shown)
