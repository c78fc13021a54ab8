"""Addresses of the staff's pages about messages decoded again."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
