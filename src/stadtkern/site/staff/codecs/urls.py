"""Addresses of the staff's pages about codecs."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
