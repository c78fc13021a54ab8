"""How much one file and one case may weigh, and how large a picture may be."""

from typing import Final

MB: Final = 1024 * 1024
PER_FILE: Final = 10 * MB
PER_CASE: Final = 50 * MB
# Pictures of phones have up to 200 million points; more is a bomb or no photo of a document.
MOST_PIXELS: Final = 120_000_000
# A picture that is smaller on one side says nothing.
LONGEST_SIDE: Final = 30_000
MOST_PAGES: Final = 500
# What a compressed part of a file may grow to, altogether.
MOST_UNPACKED: Final = 200 * MB
