"""The age ratings that games in a youth centre may have."""

from typing import Final

# Of the German Entertainment Software Self-Regulation Body (USK), section 14 JuSchG. Games from 18
# have no place in a youth centre.
RATINGS: Final = (0, 6, 12, 16)
