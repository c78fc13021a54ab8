"""Django's system check of the front end: `stadtkern check` and every start say what is missing."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Warning, register

from stadtkern.kernel.ui import build


@register()
def front_end(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """Deleting the built files is not noticed by the installer, so it is said here."""
    if not (absent := build.missing()):
        return []
    text = f"The front end is not built: {', '.join(absent)} missing."
    return [Warning(text, hint="uv sync --reinstall-package stadtkern", id="ui.W001")]
