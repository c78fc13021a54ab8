"""Loads Django for the commands that need it."""

import os

import django

from stadtkern.site.database import ADDRESS, require


def load(*, database: bool = False) -> None:
    """Settings and models; raises the problems that `main` tells in one sentence.

    With `database`, one that does not answer is such a problem.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stadtkern.site.settings")
    django.setup()
    if database:
        require(os.environ.get("DATABASE_URL", ADDRESS))
