"""Why a downlink cannot be sent or changed, as a sentence for people."""


class Refused(ValueError):
    """Its text is one or two sentences that say the next step; nothing was sent or changed."""
