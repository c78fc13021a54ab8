"""Dashboards put together by staff."""
