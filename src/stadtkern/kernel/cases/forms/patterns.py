"""Patterns that staff may give a field: only such as answer quickly on any text."""

import re
from typing import Final

from django.utils.translation import gettext as _

LONGEST: Final = 200
# A repeated group, or many open repetitions, can take hours on a text made for it.
REPEATED_GROUP: Final = re.compile(r"\)(?:[*+]|\{)")
OPEN_REPETITION: Final = re.compile(r"(?<!\\)[*+]|\{\d*,\}")
MOST_OPEN: Final = 3


def wrong_pattern(pattern: str) -> str:
    """Why a pattern cannot be used; empty where it can."""
    if len(pattern) > LONGEST:
        return _("A pattern has at most %(most)s characters.") % {"most": LONGEST}
    if REPEATED_GROUP.search(pattern) or "(?" in pattern or re.search(r"\\[1-9]", pattern):
        return _("Groups cannot be repeated or referred to in a pattern. Write it out.")
    if len(OPEN_REPETITION.findall(pattern)) > MOST_OPEN:
        return _("At most three parts of a pattern may be of any length.")
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return _("This pattern is not complete: look at the brackets.")
    return ""


def fits(pattern: str, text: str) -> bool:
    """Whether a whole text is as the pattern says."""
    return re.fullmatch(pattern, text) is not None
