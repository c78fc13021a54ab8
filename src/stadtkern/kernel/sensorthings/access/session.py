"""A person's log-in on the site counts for reading: their roles say which projects they see."""

from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.db import connection
from django.http import HttpRequest

from stadtkern.kernel.people.models import Account
from stadtkern.kernel.sensorthings.access.grant import SEE
from stadtkern.kernel.things.models import Project
from stadtkern.kernel.things.visibility import PUBLIC, Viewer


async def viewer(cookie: str) -> Viewer:
    """Who reads, by the cookie header of a request; the public where nobody is logged in."""
    key = _session_key(cookie)
    return await sync_to_async(_of_session, thread_sensitive=False)(key) if key else PUBLIC


def _session_key(cookie: str) -> str:
    if settings.SESSION_COOKIE_NAME not in cookie:
        return ""
    try:
        found = SimpleCookie(cookie).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return found.value if found else ""


def _of_session(key: str) -> Viewer:
    try:
        request = HttpRequest()
        request.session = _store(key)
        return of_person(get_user(request))
    finally:
        # Hands the connection of this thread back to the pool.
        connection.close()


def _store(key: str) -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore(key)


def of_person(person: object) -> Viewer:
    """What somebody sees who is logged in; the public where it is nobody."""
    if not isinstance(person, Account) or not person.is_active:
        return PUBLIC
    if person.may(SEE):
        return Viewer(everything=True)
    numbers = Project.objects.filter(roles__accounts=person).values_list("pk", flat=True)
    return Viewer(projects=frozenset(numbers))
