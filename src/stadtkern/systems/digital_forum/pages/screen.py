"""A screen of the forum: starts clean, counts without knowing anybody, leaves nothing behind."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.contrib.auth import logout
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stadtkern.kernel.cases.journey import guests
from stadtkern.kernel.cases.models import Case, Document
from stadtkern.kernel.people.access import public
from stadtkern.kernel.ui import screen as marks
from stadtkern.systems.digital_forum.logic import screens
from stadtkern.systems.digital_forum.models import Screen
from stadtkern.systems.digital_forum.pages.answer import private
from stadtkern.systems.digital_forum.pages.present import qr

IDLE_SECONDS: Final = 120
ANSWERS: Final = ("yes", "partly", "no", "silent")


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    """One thing to do at a screen; `page` is a URL name of whichever system has it."""

    slug: str
    title: str | Promise
    about: str | Promise
    page: str


TOPICS: Final = (
    Topic(slug="apply", title=_("Apply for something"), page="service_portal:home",
          about=_("Find the service and fill in the form here.")),
    Topic(slug="cases", title=_("See how my application stands"), page="service_portal:cases",
          about=_("Sign in. What is waiting for you stands on top.")),
    Topic(slug="benefits", title=_("Find social benefits"), page="social_benefits:finder",
          about=_("A few questions without your name.")),
    Topic(slug="appointment", title=_("Book an appointment"), page="appointments:home",
          about=_("At an office of the city.")),
    Topic(slug="look", title=_("Look around"), page="home",
          about=_("Search, news, and what is going on in the city.")),
)  # fmt: skip


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@public
@never_cache
@require_safe
def start(request: HttpRequest, token: str) -> HttpResponse:
    """The clean beginning: whatever somebody left in this browser is gone, then the topics."""
    one = get_object_or_404(Screen, token=token, active=True)
    _forget(request)
    topics = [(each, url) for each in TOPICS if (url := _address(each.page))]
    answer = private(request, "kiosk/start", screen=one, topics=topics)
    marks.mark(answer, marks.PublicScreen(
        key=one.token, start=request.path, end=reverse("digital_forum:screen-end"),
        idle=reverse("digital_forum:screen-idle"), seconds=IDLE_SECONDS,
    ))  # fmt: skip
    return answer


def _forget(request: HttpRequest) -> None:
    if request.user.is_authenticated:
        logout(request)
    elif not request.session.is_empty():
        request.session.flush()


def _screen(request: HttpRequest) -> Screen:
    """The screen whose browser this is. Raises Http404: it is none."""
    mark = marks.of(request)
    found = Screen.objects.filter(token=mark.key, active=True).first() if mark else None
    if found is None:
        raise Http404
    return found


@public
@never_cache
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """One more has begun with a topic; then to it."""
    one = _screen(request)
    topic = next((each for each in TOPICS if each.slug == request.POST.get("topic")), None)
    if topic is None or not _address(topic.page):
        raise Http404
    screens.count(one, topic.slug, "begun")
    request.session[marks.TOPIC] = topic.slug
    return redirect(topic.page)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest) -> HttpResponse:
    """Ask whether it worked, then leave nothing: no sign-in, no cookie, no storage, no cache."""
    one = _screen(request)
    if request.method != "POST":
        return private(request, "kiosk/end", screen=one, page=request.GET.get("at", "")[:80])
    said = request.POST.get("worked", "")
    return _ended(request, one, said if said in ANSWERS else "silent")


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def idle(request: HttpRequest) -> HttpResponse:
    """Nobody is there any more. By GET as well: without scripts a page can only be led away."""
    return _ended(request, _screen(request), "idle")


def _ended(request: HttpRequest, one: Screen, outcome: str) -> HttpResponse:
    topic = str(request.session.get(marks.TOPIC, ""))
    if topic:
        page = (request.POST or request.GET).get("at", "")
        screens.count(one, topic, outcome, page if marks.is_page(page) else "")
    _forget(request)
    answer = redirect("digital_forum:screen", one.token)
    for name in request.COOKIES:
        answer.delete_cookie(name)
    # Also what pages keep in the browser itself: storage, caches, service workers.
    answer["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def documents(request: HttpRequest) -> HttpResponse:
    """Take documents along without leaving them here: a code for one's own phone."""
    _screen(request)
    rows = _documents(request)
    if request.method == "POST":
        asked = request.POST.get("document", "")
        found = rows.filter(public_id=asked).first() if _is_uuid(asked) else None
        if found is None:
            raise Http404
        code = screens.lay_out(found)
        address = request.build_absolute_uri(reverse("digital_forum:fetch-code", args=[code]))
        return private(request, "kiosk/code", document=found, code=code, drawn=qr(address))
    return private(request, "kiosk/documents", documents=rows[:50])


def _documents(request: HttpRequest) -> QuerySet[Document]:
    """What the city gave to whoever sits here: of their account, or of cases begun here."""
    mine = Q(account=request.user.pk) if request.user.is_authenticated else Q(pk__in=[])
    cases = Case.objects.filter(
        mine | Q(account=None, public_id__in=guests.begun_here(request)), erased=None
    )
    rows = Document.objects.filter(case__in=cases, scan="clean").exclude(content_sealed=None)
    return rows.exclude(origin="applicant").select_related("case__version__form").order_by("-id")


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
