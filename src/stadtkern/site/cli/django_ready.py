"""Loads Django for the commands that need it."""

import os
from pathlib import Path

import django

from stadtkern.site.database import ADDRESS, require
from stadtkern.site.tree.postgres import EmbeddedPostgres


def load(*, database: bool = False) -> None:
    """Settings and models; raises the problems that `main` tells in one sentence.

    With `database`, one that does not answer is such a problem; where none is named, the embedded
    server of a running city is taken.
    """
    if database:
        _name_embedded()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stadtkern.site.settings")
    django.setup()
    if database:
        require(os.environ.get("DATABASE_URL", ADDRESS))


def _name_embedded() -> None:
    """Put the address of the embedded server into the environment while that one runs."""
    data = Path(os.environ.get("STADTKERN_DATA", "var")).resolve()
    if "DATABASE_URL" not in os.environ and (data / "postgres" / "postmaster.pid").exists():
        os.environ["DATABASE_URL"] = EmbeddedPostgres(data).url
