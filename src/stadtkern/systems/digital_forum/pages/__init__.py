"""The public pages of the Digitalforum: what there is, booking, assisted mode, screens."""

from django.urls import URLPattern, path

from stadtkern.systems.digital_forum.pages import booking, home, mine, pickup, present, screen

app_name = "digital_forum"
urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("booking/", mine.find, name="find"),
    path("booking/<slug:what>/", booking.times, name="times"),
    path("booking/<slug:what>/<int:minute>/", booking.details, name="details"),
    path("my/<str:token>/", mine.mine, name="mine"),
    path("my/<str:token>/time/", mine.move, name="move"),
    path("my/<str:token>/cancel/", mine.cancel, name="cancel"),
    path("my/<str:token>/booking.ics", mine.calendar_file, name="ics"),
    path("help/<uuid:case>/", present.present, name="present"),
    path("help/<uuid:case>/slip/", present.slip, name="slip"),
    path("fetch/", pickup.enter, name="fetch"),
    path("fetch/<str:code>/", pickup.fetch, name="fetch-code"),
    path("kiosk/begin/", screen.begin, name="screen-begin"),
    path("kiosk/end/", screen.end, name="screen-end"),
    path("kiosk/idle/", screen.idle, name="screen-idle"),
    path("kiosk/documents/", screen.documents, name="screen-documents"),
    path("kiosk/<str:token>/", screen.start, name="screen"),
]
