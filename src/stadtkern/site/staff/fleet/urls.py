"""Addresses of the staff's pages about devices in the field."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
