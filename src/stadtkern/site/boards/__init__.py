"""Dashboards that staff put together without code."""
