"""Leads drivers to the nearest useful free space, and reckons what searching costs the air."""
