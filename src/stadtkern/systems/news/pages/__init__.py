"""The public pages of news."""

from django.urls import URLPattern, path

from stadtkern.systems.news.pages import article, feeds, listing

app_name = "news"
urlpatterns: list[URLPattern] = [
    path("", listing.home, name="home"),
    path("feed.atom", feeds.atom, name="feed-atom"),
    path("feed.rss", feeds.rss, name="feed-rss"),
    path("feed.json", feeds.json_feed, name="feed-json"),
    path("preview/<str:token>/", article.preview, name="preview"),
    path("<slug:slug>/picture-<str:size>.webp", article.picture, name="picture"),
    path("<slug:slug>/", article.article, name="article"),
]
