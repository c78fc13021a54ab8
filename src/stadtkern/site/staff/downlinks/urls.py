"""Addresses of the staff's pages about messages to devices."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
