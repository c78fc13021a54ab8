"""The figures of appointments and waiting."""

from django.urls import path

from stadtkern.systems.appointments.staff.figures import page

urlpatterns = [
    path("figures/", page.figures, name="figures"),
    path("figures/figures.csv", page.table, name="figures-csv"),
    path("figures/figures.xlsx", page.workbook, name="figures-xlsx"),
]
