"""Loads Django for the commands that need it."""

import os

import django


def load() -> None:
    """Settings and models; raises the problems that `main` tells in one sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stadtkern.site.settings")
    django.setup()
