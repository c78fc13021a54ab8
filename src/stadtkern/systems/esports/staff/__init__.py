"""The staff pages of eSport: meetings, check-in, tournaments; made for a phone."""

from django.urls import URLPattern, path

from stadtkern.systems.esports.staff import evening, meetings, tournaments

app_name = "esports-staff"
urlpatterns: list[URLPattern] = [
    path("", meetings.meetings, name="home"),
    path("new/", meetings.edit, name="new"),
    path("<int:number>/", evening.meeting, name="meeting"),
    path("<int:number>/edit/", meetings.edit, name="edit"),
    path("<int:number>/do/", evening.act, name="act"),
    path("<int:number>/people/<int:signup>/", evening.person_act, name="person"),
    path("<int:number>/door/", evening.door, name="door"),
    path("<int:number>/tournament/", tournaments.new, name="tournament-new"),
    path("tournament/<int:number>/", tournaments.tournament, name="tournament"),
    path("tournament/<int:number>/do/", tournaments.act, name="tournament-act"),
    path("match/<int:number>/", tournaments.match, name="match"),
]
