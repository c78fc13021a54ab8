"""Every page's frame: menus, languages, the way to the account, and pages for what went wrong."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from stadtkern.kernel.ui import context, errors


class Somebody(AnonymousUser):
    is_authenticated = True  # type: ignore[assignment]


def _request(path: str = "/", user: AnonymousUser | None = None):
    request = RequestFactory().get(path)
    request.user = user or AnonymousUser()
    return request


def _current(path: str) -> dict[str, str]:
    return {link.url: link.current for link in context.site(_request(path))["nav"]}


def test_the_menu_marks_this_page_and_only_this():
    assert _current("/dashboard/")["/dashboard/"] == "page"
    assert _current("/dashboard/")["/dashboard/air/"] == ""
    assert _current("/dashboard/air/")["/dashboard/"] == ""
    assert _current("/dashboard/other/")["/dashboard/"] == "true"
    assert set(_current("/").values()) == {""}


def test_a_menu_entry_that_leads_nowhere_is_not_shown(settings):
    settings.STADTKERN_NAV = [("Lost", "no-such-page"), ("Dashboard", "dashboard")]
    labels = [link.label for link in context.site(_request())["nav"]]
    assert "Dashboard" in labels
    assert "Lost" not in labels


def test_the_language_switch_leads_to_the_same_page():
    other = context.site(_request("/dashboard/air/?day=1"))["other_language"]
    assert (other.code, other.name, other.url) == ("en", "English", "/en/dashboard/air/?day=1")
    with translation.override("en"):
        back = context.site(_request("/en/dashboard/air/"))["other_language"]
    assert (back.code, back.name, back.url) == ("de", "Deutsch", "/dashboard/air/")


def test_the_language_switch_of_an_unknown_page_leads_home():
    assert context.site(_request("/nothing/"))["other_language"].url == "/en/"


def test_the_account_link_depends_on_who_is_there():
    assert context.site(_request())["account"].url == "/login/"
    assert context.site(_request(user=Somebody()))["account"].url == "/account/"
    assert context.frame(_request(user=Somebody()))["account"].url == "/login/"


def test_a_page_has_language_title_skip_link_and_one_main():
    html = render_to_string("ui/base.html", request=_request())
    assert '<html lang="de"' in html
    assert "Herne digital</title>" in html
    assert html.index("Zum Inhalt springen") < html.index("<header")
    assert html.count("<main") == 1
    assert "style=" not in html


@pytest.mark.parametrize(
    ("view", "status", "step"),
    [
        (errors.bad_request, 400, "senden Sie sie noch einmal"),
        (errors.forbidden, 403, "/login/?next=/somewhere/"),
        (errors.csrf_failed, 403, "Laden Sie sie neu"),
        (errors.not_found, 404, "suchen Sie auf der Startseite"),
        (errors.failed, 500, "in einer Minute noch einmal"),
    ],
)
def test_a_page_for_what_went_wrong_says_the_next_step(view, status, step):
    answer = view(RequestFactory().get("/somewhere/"))
    assert answer.status_code == status
    assert step in answer.content.decode()
    assert 'href="/"' in answer.content.decode()
