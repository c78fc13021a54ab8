"""Every address of the city, as every role that the kernel and the systems declare."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, UUIDConverter

from stadtkern.kernel.people import roles
from stadtkern.kernel.people.access import SECOND_FACTOR
from stadtkern.kernel.people.models import Account, Role

# Django's own pages and files, which have guards of their own.
OTHERS = ("admin/",)
FOR_ALL_STAFF = ""
# Asks besides for the citizen's presence code, and says no to what does not exist.
ASKS_MORE = {"digital_forum.assist"}


@dataclass(frozen=True)
class Address:
    """A page, with something put in for what it is about: no such thing is there."""

    path: str
    pattern: URLPattern
    given: dict

    @property
    def view(self):
        return self.pattern.callback


def addresses(resolver=None, begins="", given=None) -> Iterator[Address]:
    for one in (resolver or get_resolver()).url_patterns:
        words = {**(given or {}), **filled(one.pattern.converters)}
        path = f"{begins}{one.pattern}"
        if isinstance(one, URLResolver):
            yield from addresses(one, path, words)
        else:
            yield Address(path, one, words | (one.default_args or {}))


def filled(converters):
    """A value for each part of an address that is open."""
    numbers = {IntConverter: 987654, UUIDConverter: UUID(int=987654)}
    return {name: numbers.get(type(one), "no-such") for name, one in converters.items()}


@cache
def ours():
    found = {one.path: one for one in addresses() if not one.path.startswith(OTHERS)}
    return list(found.values())


def staff_pages():
    return [one for one in ours() if getattr(one.view, "audience", "") == "staff"]


def asked(person):
    request = RequestFactory().get("/")
    request.user, request.session = person, {SECOND_FACTOR: True}
    return request


@pytest.fixture
def everybody(db):
    """An account for each role, and one of the city's staff without any."""
    roles.sync()
    found = {"": Account.objects.create(username="nothing", is_staff=True)}
    for role in Role.objects.order_by("slug"):
        found[role.slug] = Account.objects.create(username=role.slug, is_staff=True)
        found[role.slug].roles.add(role)
    return found


def test_every_address_says_for_whom_it_is():
    silent = [one.path for one in ours() if not hasattr(one.view, "audience")]
    assert not silent
    assert len(staff_pages()) > 200


def test_what_is_below_staff_is_for_staff_alone():
    below = [one for one in ours() if one.path.startswith("staff/")]
    assert not [one.path for one in below if one.view.audience != "staff"]


def test_every_permission_asked_for_can_be_granted():
    asked_for = {one.view.permission for one in staff_pages()} - {FOR_ALL_STAFF}
    assert asked_for <= set(roles.permissions())


def test_no_page_opens_for_a_role_that_does_not_grant_its_permission(everybody):
    wrong, tried = [], 0
    for one in staff_pages():
        for slug, person in everybody.items():
            if one.view.permission == FOR_ALL_STAFF or person.may(one.view.permission):
                continue
            tried += 1
            try:
                one.view(asked(person), **one.given)
            except PermissionDenied:
                continue
            wrong.append((slug, one.path))
    assert not wrong
    assert tried > 10 * len(staff_pages())


def test_no_page_of_the_staff_opens_for_citizens_not_even_with_every_role(everybody):
    citizen = Account.objects.create(username="citizen")
    citizen.roles.set(Role.objects.all())
    for one in staff_pages():
        with pytest.raises(PermissionDenied):
            one.view(asked(citizen), **one.given)


def test_every_page_opens_for_whoever_has_its_permission_and_no_other(db):
    """Opens: it is not forbidden. That nothing is there to be seen is said, not stumbled over."""
    wrong = []
    for permission in sorted({one.view.permission for one in staff_pages()}):
        role = Role.objects.create(slug=permission or "none", permissions=[permission])
        person = Account.objects.create(username=role.slug, is_staff=True)
        person.roles.add(role)
        browser = Client(raise_request_exception=False)
        browser.force_login(person)
        for one in staff_pages():
            if one.view.permission == permission:
                answer = browser.get("/" + address(one))
                refused = 403 if permission in ASKS_MORE and one.given else None
                if answer.status_code not in (200, 302, 303, 400, 404, 405, refused):
                    wrong.append((permission, one.path, answer.status_code))
    assert not wrong


def address(one):
    """The path with what was put in."""
    path = one.path
    for name, value in one.given.items():
        for kind in ("int", "uuid", "slug", "str", "path"):
            path = path.replace(f"<{kind}:{name}>", str(value))
        path = path.replace(f"<{name}>", str(value))
    return path
