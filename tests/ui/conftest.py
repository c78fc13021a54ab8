"""A few pages to lead to, so that frames and tags can be rendered without the site's own."""

from types import ModuleType

import pytest
from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.urls import include, path
from django.utils import translation


def _page(request: HttpRequest, **values: object) -> HttpResponse:
    return HttpResponse("a page")


ADDRESSES = ModuleType("addresses")
ADDRESSES.urlpatterns = [  # type: ignore[attr-defined]
    path("", include("stadtkern.kernel.ui.urls")),
    *i18n_patterns(
        path("", _page, name="home"),
        path("dashboard/", _page, name="dashboard"),
        path("dashboard/air/", _page, name="dashboard-air"),
        path("login/", _page, name="login"),
        path("account/", _page, name="account"),
        path("staff/", _page, name="staff"),
        prefix_default_language=False,
    ),
]


@pytest.fixture(autouse=True)
def addresses(settings):
    settings.ROOT_URLCONF = ADDRESSES
    settings.LOGIN_URL, settings.LOGIN_REDIRECT_URL = "login", "staff"
    settings.STADTKERN_NAV = [("Dashboard", "dashboard"), ("Air", "dashboard-air")]
    with translation.override("de"):
        yield


@pytest.fixture
def render():
    def draw(source: str, **values: object) -> str:
        return Template("{% load ui %}" + source).render(Context(values))

    return draw
