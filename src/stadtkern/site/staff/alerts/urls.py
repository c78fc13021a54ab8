"""Addresses of the staff's pages about rules and alerts."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
