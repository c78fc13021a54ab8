"""What an `$expand` may cost: stars are spelled out, and pages shrink until the answer fits."""

from collections.abc import Sequence
from dataclasses import replace

from stadtkern.kernel.sensorthings.entities import ENTITIES, Entity
from stadtkern.kernel.sensorthings.parse.options import ALL, Expand, Options
from stadtkern.kernel.sensorthings.plan import page
from stadtkern.kernel.sensorthings.plan.page import top_of

# So many links are expanded at most, be they spelled out or behind stars.
MOST_LINKS = 100


def fitted(entity: Entity, options: Options, *, single: bool = False) -> Options:
    """The options of a page, or of a single entity, whose answer holds `MOST_IN_ALL` at most.

    The outermost pages shrink first, the inner ones where a single entity would still be too much.
    Raises Problem (400): more than MOST_LINKS links.
    """
    options = replace(options, expand=_spread(entity, options.expand, [MOST_LINKS]))
    each = _each(entity, options.expand)
    if (1 if single else top_of(options)) * each <= page.MOST_IN_ALL:
        return options
    expand = _narrowed(entity, options.expand, page.MOST_IN_ALL - 1)
    top = options.top if single else max(1, page.MOST_IN_ALL // each)
    return replace(options, top=top, expand=expand)


def size(entity: Entity, options: Options) -> int:
    """How many entities a page holds at most, with all that is expanded in them."""
    return top_of(options) * _each(entity, options.expand)


def _spread(entity: Entity, expands: Sequence[Expand], left: list[int]) -> tuple[Expand, ...]:
    """The links of which each is meant; a star is every link that is not named beside it.

    `left` counts down how many more there may be.
    """
    named = {one.name for one in expands}
    found: list[Expand] = []
    for one in expands:
        names = [one.name] if one.name != ALL else [n for n in entity.links if n not in named]
        left[0] -= len(names)
        if left[0] < 0:
            raise one.at.problem(f"expands more than {MOST_LINKS} links")
        found += [_spelled(entity, one, name, left) for name in names]
    return tuple(found)


def _spelled(entity: Entity, one: Expand, name: str, left: list[int]) -> Expand:
    link, options, given = entity.links.get(name), one.options, one.given
    if link is None:
        return one
    if one.name == ALL and not link.many:
        # The rest of a star's options is for the links to many.
        options = Options(select=options.select, expand=options.expand)
        given = tuple(pair for pair in given if pair[0] == "$select")
    inner = _spread(ENTITIES[link.target], options.expand, left)
    return replace(one, name=name, options=replace(options, expand=inner), given=given)


def _each(entity: Entity, expands: Sequence[Expand]) -> int:
    """How many entities one is shown as, with all that is expanded in it."""
    return 1 + sum(_size(entity, one) for one in expands)


def _size(entity: Entity, one: Expand) -> int:
    link = entity.links.get(one.name)
    if link is None:
        return 0
    each = _each(ENTITIES[link.target], one.options.expand)
    return each * (top_of(one.options) if link.many else 1)


def _narrowed(entity: Entity, expands: Sequence[Expand], budget: int) -> tuple[Expand, ...]:
    """So many entities at most, each link its share."""
    sizes = [_size(entity, one) for one in expands]
    if sum(sizes) <= budget:
        return tuple(expands)
    shares = [budget * size // sum(sizes) for size in sizes]
    return tuple(_narrow(entity, one, share) for one, share in zip(expands, shares, strict=True))


def _narrow(entity: Entity, one: Expand, budget: int) -> Expand:
    link = entity.links.get(one.name)
    if link is None:
        return one
    target, options = ENTITIES[link.target], one.options
    rows = 1
    if link.many:
        rows = min(top_of(options), max(1, budget // _each(target, options.expand)))
        options = replace(options, top=rows)
    inner = _narrowed(target, options.expand, max(1, budget // max(1, rows) - 1))
    return replace(one, options=replace(options, expand=inner))
