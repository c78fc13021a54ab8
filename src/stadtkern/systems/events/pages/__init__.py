"""The public pages of events."""

from django.urls import URLPattern, path

from stadtkern.systems.events.pages import event, feeds, listing, picture, submitting

app_name = "events"
urlpatterns: list[URLPattern] = [
    path("", listing.home, name="home"),
    path("feed.ics", feeds.ics, name="feed-ics"),
    path("feed.atom", feeds.atom, name="feed-atom"),
    path("feed.json", feeds.graph, name="feed-json"),
    path("submit/", submitting.submit, name="submit"),
    path("submit/sent/", submitting.sent, name="sent"),
    path("submit/confirm/<str:token>/", submitting.confirm, name="confirm"),
    path("preview/<str:token>/", event.preview, name="preview"),
    path("<slug:slug>.ics", feeds.one_ics, name="event-ics"),
    path("<slug:slug>/picture-<str:size>.webp", picture.picture, name="picture"),
    path("<slug:slug>/", event.event, name="event"),
]
