"""A largest set of pairs among whom may meet (Edmonds' blossom algorithm, 1965)."""

from collections import deque
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet


def largest(size: int, may_meet: Mapping[int, AbstractSet[int]]) -> list[int]:
    """For each of `size` players the partner, or -1; as few as possible stay alone. O(n^4)."""
    search = _Search(size, may_meet)
    for one in range(size):
        if search.mate[one] == -1:
            search.augment(one)
    return search.mate


class _Search:
    """One search for a longer alternating path after the other."""

    def __init__(self, size: int, may_meet: Mapping[int, AbstractSet[int]]) -> None:
        self.size = size
        self.edges: Sequence[Sequence[int]] = [sorted(may_meet.get(i, ())) for i in range(size)]
        self.mate = [-1] * size
        self.parent = [-1] * size
        self.base = list(range(size))

    def augment(self, root: int) -> None:
        """Pair `root` as well, if a path leads to another free one."""
        end = self._path(root)
        while end != -1:
            before = self.parent[end]
            after = self.mate[before]
            self.mate[end], self.mate[before] = before, end
            end = after

    def _path(self, root: int) -> int:
        self.parent = [-1] * self.size
        self.base = list(range(self.size))
        reached = [False] * self.size
        reached[root] = True
        waiting = deque([root])
        while waiting:
            one = waiting.popleft()
            for other in self.edges[one]:
                if self.base[one] == self.base[other] or self.mate[one] == other:
                    continue
                back = other == root or (
                    self.mate[other] != -1 and self.parent[self.mate[other]] != -1
                )
                if back:
                    self._shrink(one, other, reached, waiting)
                elif self.parent[other] == -1:
                    self.parent[other] = one
                    if self.mate[other] == -1:
                        return other
                    reached[self.mate[other]] = True
                    waiting.append(self.mate[other])
        return -1

    def _shrink(self, one: int, other: int, reached: list[bool], waiting: "deque[int]") -> None:
        """An odd circle becomes one point."""
        top = self._common(one, other)
        circle = [False] * self.size
        self._mark(one, top, other, circle)
        self._mark(other, top, one, circle)
        for i in range(self.size):
            if circle[self.base[i]]:
                self.base[i] = top
                if not reached[i]:
                    reached[i] = True
                    waiting.append(i)

    def _common(self, one: int, other: int) -> int:
        seen = set()
        while True:
            one = self.base[one]
            seen.add(one)
            if self.mate[one] == -1:
                break
            one = self.parent[self.mate[one]]
        while self.base[other] not in seen:
            other = self.parent[self.mate[self.base[other]]]
        return self.base[other]

    def _mark(self, one: int, top: int, child: int, circle: list[bool]) -> None:
        while self.base[one] != top:
            circle[self.base[one]] = circle[self.base[self.mate[one]]] = True
            self.parent[one] = child
            child = self.mate[one]
            one = self.parent[self.mate[one]]
