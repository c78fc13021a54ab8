"""The public pages of data_improvement: what was improved, how, and the way to do it again."""

from django.urls import URLPattern, path

from stadtkern.systems.data_improvement.pages import home, improvement

app_name = "data_improvement"
urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("<int:number>/", improvement.improvement, name="improvement"),
    path("<int:number>/recipe.json", improvement.recipe, name="recipe"),
    path("<int:number>/source.jsonl", improvement.source, name="source"),
]
