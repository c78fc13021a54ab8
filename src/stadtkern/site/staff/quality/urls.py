"""Addresses of the staff's pages about checks of observations."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
