"""The portal's pages: home, search, datasets, resources, and taking part."""

from django.urls import path

from stadtkern.systems.open_data.pages import (
    dataset,
    drawn,
    home,
    letters,
    quality,
    resource,
    search,
    showcases,
    wishes,
)

app_name = "open_data"
urlpatterns = [
    path("", home.home, name="home"),
    path("search/", search.search, name="search"),
    path("search/results/", search.results, name="results"),
    path("search/words.json", search.words, name="words"),
    path("map/", search.on_map, name="map"),
    path("map/layers.json", drawn.no_layers, name="no-layers"),
    path("disclaimer/", home.disclaimer, name="disclaimer"),
    path("quality/", quality.quality, name="quality"),
    path("wishes/", wishes.wishes, name="wishes"),
    path("wishes/new/", wishes.new, name="wish-new"),
    path("wishes/<int:number>/", wishes.wish, name="wish"),
    path("wishes/<int:number>/support/", wishes.support, name="wish-support"),
    path("showcases/", showcases.showcases, name="showcases"),
    path("showcases/new/", showcases.new, name="showcase-new"),
    path("letters/<slug:token>/", letters.letter, name="letter"),
    path("datasets/<slug:slug>/", dataset.dataset, name="dataset"),
    path("datasets/<slug:slug>/report/", letters.report, name="report"),
    path("datasets/<slug:slug>/<slug:part>/", resource.resource, name="resource"),
    path("datasets/<slug:slug>/<slug:part>/layers.json", drawn.layers, name="layers"),
    path("datasets/<slug:slug>/<slug:part>/points.geojson", drawn.points, name="points"),
    path("datasets/<slug:slug>/<slug:part>/areas.geojson", drawn.areas, name="areas"),
]
