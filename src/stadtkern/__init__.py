"""Stadtkern: the open platform on which a mid-size city runs its digital systems as one."""

__version__ = "0.1.0"
