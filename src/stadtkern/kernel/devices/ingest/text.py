"""Text as PostgreSQL can hold it."""


def clean(text: str) -> str:
    """Text without NUL, which PostgreSQL cannot hold."""
    return text.replace("\0", "")
