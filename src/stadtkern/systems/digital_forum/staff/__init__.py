"""The staff pages of the Digitalforum: the day, assisted mode, screens, figures."""

from django.urls import URLPattern, path

from stadtkern.systems.digital_forum.staff import assist, day, figures, screens

app_name = "digital_forum-staff"
urlpatterns: list[URLPattern] = [
    path("", day.home, name="home"),
    path("walk-in/", day.walk_in, name="walk-in"),
    path("arrive/<int:number>/", day.arrive, name="arrive"),
    path("visit/<int:number>/", day.visit, name="visit"),
    path("assist/", assist.enter, name="assist"),
    path("assist/<uuid:session>/", assist.overview, name="assist-case"),
    path("assist/<uuid:session>/end/", assist.end, name="assist-end"),
    path("assist/<uuid:session>/<str:name>/", assist.step, name="assist-step"),
    path("screens/", screens.screens, name="screens"),
    path("screens/<int:number>/", screens.switch, name="screen-switch"),
    path("figures/", figures.figures, name="figures"),
    path("figures.csv", figures.as_csv, name="figures-csv"),
]
