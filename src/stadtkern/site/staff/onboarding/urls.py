"""Addresses of the staff's pages about onboarding."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
