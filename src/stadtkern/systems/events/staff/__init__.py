"""The staff pages of events: the inbox, writing, single dates, sources."""

from django.urls import URLPattern, path

from stadtkern.systems.events.staff import editing, listing, one, sources

app_name = "events-staff"
urlpatterns: list[URLPattern] = [
    path("", listing.events, name="home"),
    path("new/", editing.edit, name="new"),
    path("sources/", sources.sources, name="sources"),
    path("sources/new/", sources.edit, name="source-new"),
    path("sources/<int:number>/", sources.edit, name="source"),
    path("sources/<int:number>/read/", sources.read, name="source-read"),
    path("<int:number>/", one.event, name="event"),
    path("<int:number>/edit/", editing.edit, name="edit"),
    path("<int:number>/do/", one.act, name="act"),
    path("<int:number>/dates/<int:date>/", one.date, name="date"),
]
