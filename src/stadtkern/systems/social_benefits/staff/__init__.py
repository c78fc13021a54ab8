"""The staff pages of social benefits: how far it goes without paper, the rules of the finder."""

from django.urls import URLPattern, path

from stadtkern.systems.social_benefits.staff import figures, rules

app_name = "social_benefits-staff"
urlpatterns: list[URLPattern] = [
    path("", figures.home, name="home"),
    path("figures.csv", figures.as_csv, name="csv"),
    path("rules/", rules.rules, name="rules"),
]
