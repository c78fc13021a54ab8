"""Registers the check that the front end is built."""

from importlib import import_module

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Shared pages and tags; no models."""

    name = "stadtkern.kernel.ui"
    label = "ui"

    def ready(self) -> None:
        """Checks are registered by importing them."""
        import_module("stadtkern.kernel.ui.checks")
