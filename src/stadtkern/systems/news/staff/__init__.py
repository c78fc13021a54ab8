"""The staff pages of news: writing, publishing, other feeds."""

from django.urls import URLPattern, path

from stadtkern.systems.news.staff import feeds, writing

app_name = "news-staff"
urlpatterns: list[URLPattern] = [
    path("", writing.articles, name="home"),
    path("new/", writing.edit, name="new"),
    path("feeds/", feeds.feeds, name="feeds"),
    path("feeds/new/", feeds.edit, name="feed-new"),
    path("feeds/<int:number>/", feeds.edit, name="feed"),
    path("feeds/<int:number>/read/", feeds.read, name="feed-read"),
    path("<int:number>/", writing.edit, name="edit"),
    path("<int:number>/do/", writing.act, name="act"),
]
