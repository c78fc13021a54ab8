"""Devices: profiles, codecs, uplinks, network servers."""
