"""What keeps the tree from running, as one sentence an operator can act on."""


class ServerProblem(Exception):
    """Its text is one complete sentence and is shown as it is, without a traceback."""
