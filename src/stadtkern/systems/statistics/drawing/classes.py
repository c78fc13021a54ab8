"""Classes of numbers for a map: as many in each, or at the natural breaks."""

from collections.abc import Sequence


def quantiles(values: Sequence[float], count: int) -> list[float]:
    """The upper bounds of at most `count` classes with as many values in each as can be."""
    ordered = sorted(values)
    places = [max(0, round(len(ordered) * (i + 1) / count) - 1) for i in range(count)]
    return sorted({ordered[place] for place in places})


def jenks(values: Sequence[float], count: int) -> list[float]:
    """The upper bounds with the least squares within classes (Jenks 1967, Fisher 1958), exactly."""
    ordered = sorted(values)
    size = len(ordered)
    if len(set(ordered)) <= count:
        return sorted(set(ordered))
    sums, squares = [0.0], [0.0]
    for value in ordered:
        sums.append(sums[-1] + value)
        squares.append(squares[-1] + value * value)

    def spread(start: int, end: int) -> float:
        total = sums[end] - sums[start]
        return squares[end] - squares[start] - total * total / (end - start)

    best = [spread(0, end) if end else 0.0 for end in range(size + 1)]
    cuts: list[list[int]] = []
    for classes in range(2, count + 1):
        after, cut = [0.0] * (size + 1), [0] * (size + 1)
        for end in range(classes, size + 1):
            after[end], cut[end] = min(
                (best[start] + spread(start, end), start) for start in range(classes - 1, end)
            )
        best = after
        cuts.append(cut)
    ends = [size]
    for cut in reversed(cuts):
        ends.append(cut[ends[-1]])
    return sorted({ordered[end - 1] for end in ends})


def place(value: float, bounds: Sequence[float]) -> int:
    """The number of its class, from 0."""
    return next((i for i, bound in enumerate(bounds) if value <= bound), len(bounds) - 1)
