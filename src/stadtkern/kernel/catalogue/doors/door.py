"""What all doors have in common: loaded when first opened, open to every origin, clear refusals."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Final

import structlog
from django.db import OperationalError, connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from stadtkern.kernel.catalogue.doors.answers import Refused, refusal
from stadtkern.kernel.people.access import public

PACKAGE: Final = "stadtkern.kernel.catalogue.doors"
PATIENCE: Final = 10
log = structlog.get_logger("doors")
View = Callable[..., HttpResponseBase]


def door(name: str, methods: tuple[str, ...] = ("GET", "HEAD")) -> View:
    """A view of a module in this package, `tabular.pages.rows`, imported when it is first asked.

    What a process needs for maps and workbooks is not loaded before somebody wants one.
    """

    @public
    @csrf_exempt
    def view(request: HttpRequest, **names: Any) -> HttpResponseBase:
        response = _opened(name, methods, request, names)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = (
            "Content-Crs, Content-Disposition, ETag, Last-Modified, Link"
        )
        return response

    view.__name__ = name.replace(".", "_")
    return view


def _opened(
    name: str, methods: tuple[str, ...], request: HttpRequest, names: dict[str, Any]
) -> HttpResponseBase:
    if request.method == "OPTIONS":
        return _preflight(methods)
    if request.method not in methods:
        response = refusal(Refused("method", f"use {methods[0]}", status=405))
        response["Allow"] = ", ".join((*methods, "OPTIONS"))
        return response
    try:
        return _view(name)(request, **names)
    except Refused as problem:
        return refusal(problem)
    except Http404 as problem:
        return refusal(Refused("path", str(problem) or "there is nothing here", status=404))
    except OperationalError:
        log.warning("door gave up", path=request.path)
        return refusal(Refused("query", "this takes too long; ask for less", status=503))


def _view(name: str) -> View:
    module, _, function = name.rpartition(".")
    found: View = getattr(import_module(f"{PACKAGE}.{module}"), function)
    return found


def _preflight(methods: tuple[str, ...]) -> HttpResponse:
    response = HttpResponse(status=204)
    response["Access-Control-Allow-Methods"] = ", ".join((*methods, "OPTIONS"))
    response["Access-Control-Allow-Headers"] = "Accept, Authorization, Content-Type, If-None-Match"
    response["Access-Control-Max-Age"] = "86400"
    return response


@contextmanager
def patience(seconds: float = PATIENCE) -> Iterator[None]:
    """No statement in here runs longer; afterwards PostgreSQL cancels it."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select set_config('statement_timeout', %s, true)",
                           [str(int(seconds * 1000))])  # fmt: skip
        yield
