"""The ferry's public page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from ferry.layers import landings
from stadtkern.kernel.people.access import public


@public
def home(request: HttpRequest) -> HttpResponse:
    """Every landing with its state."""
    return render(request, "ferry/home.html", {"pins": list(landings())})


app_name = "ferry"
urlpatterns = [path("", home, name="home")]
