"""The public pages of eSport."""

from django.urls import URLPattern, path

from stadtkern.systems.esports.pages import listing, own, sign_up, tournament

app_name = "esports"
urlpatterns: list[URLPattern] = [
    path("", listing.home, name="home"),
    path("my/<str:token>/", own.mine, name="mine"),
    path("waiting/<str:token>/", own.waits, name="waits"),
    path("guardian/<str:token>/", own.guardian, name="guardian"),
    path("tournament/<int:number>/", tournament.tournament, name="tournament"),
    path("<slug:slug>.ics", listing.ics, name="ics"),
    path("<slug:slug>/", listing.meeting, name="meeting"),
    path("<slug:slug>/sign-up/", sign_up.sign_up, name="sign-up"),
]
