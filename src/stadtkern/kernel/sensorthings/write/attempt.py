"""One transaction, begun anew after a deadlock, with its errors in plain words."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db import (
    DataError,
    Error,
    IntegrityError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)
from django.db.models import ProtectedError, RestrictedError
from psycopg import errors

from stadtkern.kernel.sensorthings.access import credentials
from stadtkern.kernel.sensorthings.access.grant import WRITE
from stadtkern.kernel.sensorthings.problem import Problem

ATTEMPTS = 5
_LONGEST_PAUSE = 0.05
_AGAIN = (errors.DeadlockDetected, errors.SerializationFailure)
_TOLD = (
    Error,
    ObjectDoesNotExist,
    ProtectedError,
    RecursionError,
    RestrictedError,
    UnicodeEncodeError,
)
Result = TypeVar("Result")


def attempt(work: Callable[[], Result]) -> Result:
    """Do the work in a transaction; it is begun anew where others were in its way.

    Raises Problem: it cannot be done; then nothing of it is.
    """
    try:
        for number in range(1, ATTEMPTS):
            try:
                with transaction.atomic():
                    return work()
            except OperationalError as error:
                if not isinstance(error.__cause__, _AGAIN):
                    raise
                time.sleep(random.uniform(0, _LONGEST_PAUSE * number))  # noqa: S311
        with transaction.atomic():
            return work()
    except _TOLD as error:
        raise _problem(error) from None


def _problem(error: Exception) -> Exception:
    """The error as it is told to a client; itself where it is a fault of ours."""
    line = str(error).partition("\n")[0]
    match error:
        case ProtectedError() | RestrictedError():
            return Problem(409, "a city system needs this entity")
        case IntegrityError():
            return Problem(409, f"this contradicts what is stored: {line}")
        case ProgrammingError() if isinstance(error.__cause__, errors.InsufficientPrivilege):
            return credentials.insufficient(line, WRITE)
        case ObjectDoesNotExist():
            return Problem(409, "an entity that this is about has just been deleted")
        case RecursionError():
            return Problem(400, "the body is nested too deep")
        case DataError() | UnicodeEncodeError():
            return Problem(400, f"a value does not fit: {line}")
        case OperationalError() if isinstance(error.__cause__, _AGAIN):
            return Problem(503, "others write to the same entities", ("Retry-After", "1"))
        case OperationalError() if isinstance(error.__cause__, errors.QueryCanceled):
            return Problem(503, "this takes too long: ask for less")
        case OperationalError() | InterfaceError():
            return Problem(503, "the database does not answer", ("Retry-After", "5"))
    return error


def let_go() -> None:
    """Hand the connection of this thread back to the pool."""
    connection.close()
