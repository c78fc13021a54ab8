"""Addresses of the staff's pages about gateways."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
