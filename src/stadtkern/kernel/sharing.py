"""Questions that several parts of one page ask are answered once for that page."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_answers: ContextVar[dict[Any, Any] | None] = ContextVar("answers", default=None)


@contextmanager
def one_page() -> Iterator[None]:
    """While this is open, what `once` has answered is not asked again; also as a decorator."""
    token = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(token)


def once(question: Callable[P, T]) -> Callable[P, T]:
    """A question whose answer is shared within one page, so nobody may change it.

    Its arguments must be hashable. Outside of a page it is asked every time.
    """

    @wraps(question)
    def ask(*args: P.args, **kwargs: P.kwargs) -> T:
        known = _answers.get()
        if known is None:
            return question(*args, **kwargs)
        key = (question, args, *kwargs.items())
        if key not in known:
            known[key] = question(*args, **kwargs)
        answer: T = known[key]
        return answer

    return ask
