"""The clerk's desk and the waiting areas."""

from django.urls import path

from stadtkern.systems.appointments.staff.queue import desk, halls, seat, visitors

urlpatterns = [
    path("desk/", desk.desk, name="desk"),
    path("desk/do/", desk.act, name="desk-do"),
    path("desk/sit/", seat.sit, name="desk-sit"),
    path("desk/leave/", seat.leave, name="desk-leave"),
    path("desk/check-in/", visitors.check_in, name="desk-check-in"),
    path("desk/number/", visitors.number, name="desk-number"),
    path("halls/", halls.halls, name="halls"),
    path("halls/new/", halls.new, name="hall-new"),
    path("halls/<int:number>/", halls.edit, name="hall"),
]
