"""How often somebody may try a code: ten tries a minute, counted in this process."""

import time

from stadtkern.kernel.sensorthings.access.limits import Buckets
from stadtkern.kernel.sensorthings.problem import Problem

# Of 2.8e11 codes ten a minute find none, and a person does not type faster.
TRIES = 10
_tries = Buckets(name="tries")


def may_try(sender: str) -> bool:
    """Count one try of this sender; False: too many."""
    try:
        _tries.take(hash(sender), 1, TRIES, time.monotonic())
    except Problem:
        return False
    return True
