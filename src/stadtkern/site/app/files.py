"""What browsers fetch to install the city: manifest, icons, service worker."""

import json
from hashlib import sha256
from io import BytesIO

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from stadtkern.kernel import registry
from stadtkern.kernel.people.access import public
from stadtkern.kernel.ui.colour import palette

# Width in pixels, and how much of it is a margin: a mask may cut a maskable icon to a circle.
KINDS = {"192": (192, 0.0), "512": (512, 0.0), "mask": (512, 0.2), "apple": (180, 0.08)}
BAR = "#12181f"
SHORTCUTS = 3
SCRIPTS = ("stadtkern/city-app.js", "stadtkern/city-live.js", "stadtkern/city-mine.js")


@public
@require_safe
@cache_control(public=True, max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    """W3C Web App Manifest; `?lang=en` is the English one, of the same app."""
    language = "en" if request.GET.get("lang") == "en" else settings.LANGUAGE_CODE
    with override(language):
        city, start = registry.city(), reverse("app")
        told = {
            "id": "/app/", "name": city.title, "short_name": city.city.name[:12],
            "description": _("Services, events, news and data of the city of %(city)s")
            % {"city": city.city.name},
            "lang": language, "dir": "ltr", "start_url": start, "scope": "/",
            "display": "standalone", "background_color": "#ffffff", "theme_color": BAR,
            "categories": ["government", "news", "lifestyle"],
            "icons": [_icon("192"), _icon("512"), {**_icon("mask"), "purpose": "maskable"}],
            "shortcuts": _shortcuts(),
        }  # fmt: skip
    return JsonResponse(told, content_type="application/manifest+json")


def _icon(kind: str) -> dict[str, str]:
    size = KINDS[kind][0]
    return {"src": reverse("app-icon", args=[kind]), "sizes": f"{size}x{size}", "type": "image/png"}


def _shortcuts() -> list[dict[str, str]]:
    found = []
    for one in registry.today()[:SHORTCUTS]:
        try:
            found.append({"name": str(one.title), "url": reverse(one.page)})
        except NoReverseMatch:
            continue
    return found


@public
@require_safe
@cache_control(public=True, max_age=86400)
def icon(request: HttpRequest, kind: str) -> HttpResponse:
    """The city's mark in its colours."""
    if kind not in KINDS:
        raise Http404
    return HttpResponse(drawn(*KINDS[kind]), content_type="image/png")


def drawn(size: int, margin: float) -> bytes:
    """A PNG of the mark; with a margin, that is ink as well."""
    from PIL import Image, ImageDraw

    colours = palette(registry.city().city.colour)
    # Drawn larger and then made smaller, so that slanted edges are smooth.
    side = size * 4
    picture = Image.new("RGB", (side, side), BAR)
    pen = ImageDraw.Draw(picture)
    first, last = side * margin, side * (1 - margin)
    middle = side / 2
    corners = ((first, first), (last, first), (first, last), (last, last))
    pen.polygon([corners[0], corners[1], (middle, middle)], fill=colours.deep)
    pen.polygon([corners[0], corners[2], (middle, middle)], fill=colours.bright)
    pen.polygon([corners[1], corners[3], (middle, middle)], fill=colours.bright)
    out = BytesIO()
    picture.resize((size, size), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()


@public
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker with what it keeps; browsers ask for it anew each time."""
    kept = {"version": "", "shell": _shell(), "offline": _offline(), "lists": _lists()}
    kept["version"] = sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:12]
    address = json.dumps(static("stadtkern/city-worker.js"))
    body = f"self.CITY = {json.dumps(kept)};\nimportScripts({address});\n"
    answer = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    answer["Service-Worker-Allowed"] = "/"
    return answer


def _shell() -> list[str]:
    """What every page needs to look like one."""
    files = [static(name) for name in ("stadtkern/site.css", *SCRIPTS)]
    fonts = [
        f"{settings.STATIC_URL}stadtkern/fonts/FiraSans-{w}.woff2" for w in ("Regular", "Bold")
    ]
    return [*files, *fonts, reverse("ui:colours"), reverse("ui:mark")]


def _offline() -> dict[str, str]:
    """The page for what is not kept, in each language."""
    found = {}
    for code, _title in settings.LANGUAGES:
        with override(code):
            found[code] = reverse("app-offline")
    return found


def _lists() -> list[str]:
    """Pages of which the last copy is kept: first page and the lists of the systems."""
    found = []
    for code, _title in settings.LANGUAGES:
        with override(code):
            for name in ("home", "app", *(one.page for one in registry.today())):
                try:
                    found.append(reverse(name))
                except NoReverseMatch:
                    continue
    return found
