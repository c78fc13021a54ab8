"""Pages for what went wrong: each says the next step, and none needs the database."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.ui.context import frame

Text = str | Promise


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """`handler400` of the site."""
    text = _("This request could not be read. Go back, check your input and send it again.")
    return _page(request, 400, _("This did not work"), text)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """`handler403` of the site."""
    text = _("Your account may not open this page. Sign in with another account or ask your team.")
    return _page(request, 403, _("You may not see this page"), text, sign_in=True)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """`CSRF_FAILURE_VIEW` of the site."""
    text = _("This page was open for too long, or your browser sent no cookie. Load it again.")
    return _page(request, 403, _("Please send the form again"), text, retry=True)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """`handler404` of the site."""
    text = _("This address leads nowhere. Check it for typing mistakes, or search from home.")
    return _page(request, 404, _("There is no such page"), text)


def failed(request: HttpRequest) -> HttpResponse:
    """`handler500` of the site."""
    text = _("Something broke on our side, and it was noted. Please try again in a minute.")
    return _page(request, 500, _("That was our mistake"), text, retry=True)


def _page(
    request: HttpRequest,
    status: int,
    heading: Text,
    text: Text,
    *,
    retry: bool = False,
    sign_in: bool = False,
) -> HttpResponse:
    said = {"heading": heading, "text": text, "retry": retry, "sign_in": sign_in}
    context = {**frame(request), **said, "code": status, "request": request}
    return HttpResponse(render_to_string("ui/error.html", context), status=status)
