"""Daily statements: a CSV with `id;request;cents;fee`, which most providers' exports reduce to."""

import csv
import io
from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from stadtkern.kernel.payments.models import Provider
from stadtkern.kernel.payments.problems import ProviderProblem
from stadtkern.kernel.payments.providers.call import call, setting
from stadtkern.kernel.payments.providers.protocol import Settled


def fetched(
    provider: Provider, day: date, headers: dict[str, str] | None = None
) -> Sequence[Settled] | None:
    """The lines of a day; None where the contract names no statement. Raises ProviderProblem."""
    address = setting(provider, "statement")
    if not address:
        return None
    answer = call("GET", address.replace("{day}", day.isoformat()), headers=headers)
    if not answer.good:
        raise ProviderProblem(_("There is no statement of this day yet."))
    return read(answer.text)


def read(text: str) -> list[Settled]:
    """Raises ProviderProblem: a column is missing, or a number is none."""
    rows = csv.DictReader(io.StringIO(text), delimiter=";")
    try:
        return [
            Settled(
                their_id=row["id"], request_id=row["request"], cents=int(row["cents"]),
                fee=int(row["fee"] or 0),
            )
            for row in rows
        ]  # fmt: skip
    except (KeyError, TypeError, ValueError):
        raise ProviderProblem(_("The statement cannot be read.")) from None
