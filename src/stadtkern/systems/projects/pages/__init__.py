"""The public pages of the projects."""

from django.urls import URLPattern, path

from stadtkern.systems.projects.pages import business, feed, listing, maps, picture, project

app_name = "projects"
urlpatterns: list[URLPattern] = [
    path("", listing.home, name="home"),
    path("business/", business.business, name="business"),
    path("news.atom", feed.news, name="news"),
    path("map/layers.json", maps.layers, name="map-layers"),
    path("map/pins.geojson", maps.pins, name="map-pins"),
    path("pictures/<uuid:key>/<str:size>.webp", picture.picture, name="picture"),
    path("preview/<slug:token>/", project.preview, name="preview"),
    path("<slug:slug>/", project.project, name="project"),
]
