"""Why a file was not taken, in words that say what to do instead."""


class NotTaken(Exception):
    """The file is not kept; the text is for whoever chose it."""
