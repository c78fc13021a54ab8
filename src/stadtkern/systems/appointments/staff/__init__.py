"""The staff pages of appointments."""

from django.urls import URLPattern, path

from stadtkern.systems.appointments.staff import (
    booking,
    closing,
    counters,
    day,
    figures,
    home,
    hours,
    offices,
    queue,
    rules,
    services,
    visit,
)

# Its own name: `appointments:...` on a staff page means the public pages.
app_name = "appointments-staff"
urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("search/", home.search, name="search"),
    path("search.csv", home.search_file, name="search-csv"),
    path("visit/<int:number>/", visit.visit, name="visit"),
    path("visit/<int:number>/do/", visit.act, name="act"),
    path("visit/<int:number>/move/", visit.move, name="move"),
    path("services/", services.services, name="services"),
    path("services/new/", services.edit, name="service-new"),
    path("services/<int:number>/", services.edit, name="service"),
    path("mail-rules/", rules.rules, name="mail-rules"),
    path("office/new/", offices.edit, name="office-new"),
    path("office/<slug:slug>/", day.day, name="day"),
    path("office/<slug:slug>/book/", booking.book, name="book"),
    path("office/<slug:slug>/edit/", offices.edit, name="office"),
    path("office/<slug:slug>/counters/", counters.counters, name="counters"),
    path("office/<slug:slug>/hours/", hours.hours, name="hours"),
    path("office/<slug:slug>/closures/", closing.closures, name="closures"),
    path("office/<slug:slug>/concerned/", closing.concerned, name="concerned"),
    *queue.urlpatterns,
    *figures.urlpatterns,
]
