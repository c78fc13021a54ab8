"""Refusals as CKAN words them, so that its clients raise the right exception."""

from typing import Any


class Problem(Exception):
    """An action that fails: the status and the `error` of the answer."""

    def __init__(self, status: int, error: dict[str, Any]) -> None:
        super().__init__(str(error))
        self.status, self.error = status, error


def not_found(what: str = "") -> Problem:
    """There is no such thing, or not everybody may see it."""
    message = f"Not found: {what}" if what else "Not found"
    return Problem(404, {"__type": "Not Found Error", "message": message})


def invalid(**fields: str) -> Problem:
    """Parameters that make no sense, each with its reason."""
    said: dict[str, Any] = {name: [reason] for name, reason in fields.items()}
    return Problem(409, {"__type": "Validation Error", **said})


def bad_query(reason: str) -> Problem:
    """A search that cannot be understood."""
    return Problem(
        409, {"__type": "Search Query Error", "message": f"Search Query Error: {reason}"}
    )


def too_slow() -> Problem:
    """A question that PostgreSQL was stopped at."""
    return Problem(409, {"__type": "Search Error", "message": "Search error: takes too long"})
