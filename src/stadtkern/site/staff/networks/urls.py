"""Addresses of the staff's pages about networks."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
