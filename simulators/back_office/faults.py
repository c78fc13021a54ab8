"""What goes wrong, by chance with a seed or because somebody asked for it."""

import random
import threading
from collections import Counter

# error: 500, nothing was done. lost: it was done, and the answer never comes. timeout: neither.
# busy: 429. slow: late, and right. Of receipts: signature, tags (a wrong one comes before the right
# one), double (the same twice). They are shares between 0 and 1 of what they can happen to.
NAMES = ("error", "lost", "timeout", "busy", "slow", "signature", "tags", "double")


class Faults:
    """The same seed and the same calls make the same faults."""

    def __init__(self, shares: dict[str, float] | None = None, seed: int = 7) -> None:
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.shares = dict.fromkeys(NAMES, 0.0) | (shares or {})
        self.happened: Counter[str] = Counter()

    def set(self, shares: dict[str, float]) -> None:
        unknown = set(shares) - set(NAMES)
        if unknown:
            raise ValueError(f"unknown faults: {', '.join(sorted(unknown))}")
        with self.lock:
            self.shares |= shares

    def draw(self, *names: str) -> str:
        """Which of these happens now; empty: none."""
        with self.lock:
            for name in names:
                if self.shares[name] and self.random.random() < self.shares[name]:
                    self.happened[name] += 1
                    return name
        return ""
