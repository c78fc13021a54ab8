"""`$resultFormat=dataArray`: observations as lists of their values (18-088, 13.2)."""

import msgspec
from psycopg.pq.abc import PGresult

from stadtkern.kernel.sensorthings.formats.form import About, next_page, texts
from stadtkern.kernel.sensorthings.parse.options import Options
from stadtkern.kernel.sensorthings.parse.path import Resource
from stadtkern.kernel.sensorthings.plan.document import checked
from stadtkern.kernel.sensorthings.problem import Problem

COMPONENTS = (
    "id",
    "phenomenonTime",
    "result",
    "resultTime",
    "resultQuality",
    "validTime",
    "parameters",
)


def components(resource: Resource, options: Options) -> list[str]:
    """The properties of which each list holds a value: those selected, in their order.

    Raises Problem (400): these are no observations, or something is expanded.
    """
    entity = resource.last.entity
    if entity.name != "Observations" or not resource.many or resource.ref:
        raise Problem(400, "$resultFormat=dataArray fits collections of Observations only")
    if options.expand:
        raise Problem(400, "$resultFormat=dataArray leaves no room for $expand")
    chosen = ["id" if one.name == "@iot.id" else one.name for one in options.select]
    checked(options.select, entity)
    return [name for name in chosen if name in entity.properties] or list(COMPONENTS)


class DataArrays:
    """Groups by datastream; the second and third column say which, and of which kind it is.

    Where the observations are `of_one`, its lists go out as they come; otherwise at the end.
    """

    kind = "application/json; charset=utf-8"
    ending = ""

    def __init__(self, base: str, names: list[str], *, of_one: bool) -> None:
        self._base, self._of_one = base, of_one
        self._names = msgspec.json.encode(names)
        self._groups: dict[tuple[bytes, bytes], list[bytes]] = {}
        self._sent = 0

    def head(self, about: About) -> bytes:
        """The object up to its first group."""
        return b"{" + about.members + b'"value":['

    def rows(self, found: PGresult, first: int, last: int) -> bytes:
        """The lists of one datastream; nothing yet where there may be several."""
        if self._of_one:
            start = b"," if self._sent else self._start(_group(found, first))
            self._sent += last - first
            return start + b",".join(texts(found, first, last))
        for row, text in enumerate(texts(found, first, last), first):
            self._groups.setdefault(_group(found, row), []).append(text)
        return b""

    def tail(self, link: str | None) -> bytes:
        """What is left, and the end of the object."""
        if self._of_one:
            return (self._end(self._sent) if self._sent else b"") + b"]" + next_page(link) + b"}"
        whole = (
            self._start(group) + b",".join(lists) + self._end(len(lists))
            for group, lists in self._groups.items()
        )
        return b",".join(whole) + b"]" + next_page(link) + b"}"

    def _start(self, group: tuple[bytes, bytes]) -> bytes:
        number, kind = group
        link = f"{self._base}/{kind.decode()}s({number.decode()})"
        return b'{"%b@iot.navigationLink":%b,"components":%b,"dataArray":[' % (
            kind,
            msgspec.json.encode(link),
            self._names,
        )

    @staticmethod
    def _end(count: int) -> bytes:
        return b'],"dataArray@iot.count":%d}' % count


def _group(found: PGresult, row: int) -> tuple[bytes, bytes]:
    return found.get_value(row, 1) or b"", found.get_value(row, 2) or b""
