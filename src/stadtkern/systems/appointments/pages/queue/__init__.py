"""The public pages of the call system: kiosk, display, and one's place in the queue."""

from django.urls import path

from stadtkern.systems.appointments.pages.queue import display, kiosk, place

urlpatterns = [
    path("anzeige/<str:token>/", display.display, name="display"),
    path("empfang/<str:token>/", kiosk.start, name="kiosk"),
    path("empfang/<str:token>/termin/", kiosk.with_appointment, name="kiosk-appointment"),
    path("empfang/<str:token>/nummer/", kiosk.without, name="kiosk-number"),
    path("empfang/<str:token>/zettel/<str:ticket>/", kiosk.ticket, name="kiosk-ticket"),
    path("warten/<str:token>/", place.place, name="waiting"),
    path("warten/<str:token>/gehen/", place.leave, name="waiting-leave"),
]
