"""`/api/3/action/<name>`: finds the action, and wraps its answer as CKAN does."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import override

from stadtkern.kernel.catalogue.dcat import address
from stadtkern.kernel.catalogue.doors import links
from stadtkern.kernel.catalogue.doors.answers import Refused, json_answer
from stadtkern.kernel.catalogue.doors.ckan import asked, datastore, lists, search
from stadtkern.kernel.catalogue.doors.ckan.problems import Problem, invalid, too_slow

Action = Callable[[asked.Given, str], Any]
ACTIONS: Final[Mapping[str, Action]] = {
    "status_show": lists.status_show,
    "site_read": lists.site_read,
    "package_list": lists.package_list,
    "package_show": lists.package_show,
    "package_search": search.search,
    "package_autocomplete": lists.package_autocomplete,
    "current_package_list_with_resources": lists.current_package_list_with_resources,
    "resource_show": lists.resource_show,
    "resource_search": lists.resource_search,
    "datastore_search": datastore.datastore_search,
    "datastore_info": datastore.datastore_info,
    "group_list": lists.group_list,
    "group_show": lists.group_show,
    "organization_list": lists.organization_list,
    "organization_show": lists.organization_show,
    "tag_list": lists.tag_list,
    "license_list": lists.license_list,
}


def action(request: HttpRequest, action: str) -> HttpResponseBase:
    """An action that is unknown, or is offered nowhere here, is what CKAN calls a bad request."""
    if action not in ACTIONS:
        return json_answer(f"Bad request - Action name not known: {action}", status=400)
    with override("de"):
        return _answered(request, action)


def _answered(request: HttpRequest, action: str) -> HttpResponse:
    site = address.base(request)
    told: dict[str, Any] = {"help": site + reverse(f"{links.NAMESPACE}:ckan", args=[action])}
    try:
        result = ACTIONS[action](asked.given(request), site)
    except Problem as problem:
        return _failed(told, problem)
    except Refused as problem:
        return _failed(told, invalid(**{problem.field: problem.reason}))
    except OperationalError:
        return _failed(told, too_slow())
    return json_answer({**told, "success": True, "result": result})


def _failed(told: dict[str, Any], problem: Problem) -> HttpResponse:
    return json_answer({**told, "success": False, "error": problem.error}, status=problem.status)
