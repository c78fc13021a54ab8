"""The public pages of appointments."""

from django.urls import URLPattern, path

from stadtkern.systems.appointments.pages import booking, choosing, home, mine, queue

app_name = "appointments"
urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("anliegen/<slug:slug>/", home.concern, name="concern"),
    path("amt/<slug:slug>/", home.office, name="office"),
    path("zeiten/", choosing.choose, name="times"),
    path("angaben/<str:token>/", booking.details, name="details"),
    path("angaben/<str:token>/laenger/", booking.extend, name="extend"),
    path("pruefen/<str:token>/", booking.summary, name="summary"),
    path("code/<str:token>/", booking.code, name="code"),
    path("finden/", mine.find, name="find"),
    path("mein/<str:token>/", mine.mine, name="mine"),
    path("mein/<str:token>/termin.ics", mine.calendar_file, name="calendar-file"),
    path("mein/<str:token>/aendern/", choosing.change, name="change"),
    path("mein/<str:token>/absagen/", mine.cancel, name="cancel"),
    path("mein/<str:token>/frueher/", mine.earlier, name="earlier"),
    *queue.urlpatterns,
]
