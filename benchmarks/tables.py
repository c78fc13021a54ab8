"""Published tables: ten million rows in a thousand datasets, searched through the doors.

`python -m benchmarks.tables 200000` is a small run. It works in a process of its own, with a city
and a database of its own, and goes through the same `write` as everything that is published.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.table import Row, head, percentile, progress, row, times

COUNT, DATASETS, BIG = 10_000_000, 1000, 0.5
MEDIUM = 9
AIM = 0.1  # seconds
WARM_UP, TIMES = 5, 60
CITY = '[city]\nname = "Musterstadt"\nbounds = [7, 51, 8, 52]\n[systems.open_data]\n'
DISTRICTS = ("Mitte", "Nord", "Süd", "Ost", "West", "Hafen", "Altstadt", "Neustadt")
SYLLABLES = ("ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "te", "wi", "zo")
Ask = Callable[[], str]


def measure(count: int = COUNT) -> Iterator[Row]:
    """The rows of the table, from a child that leaves nothing behind."""
    command = [sys.executable, "-m", "benchmarks.tables", "--child", str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            yield Row(**json.loads(line))
    if child.returncode:
        raise RuntimeError("the benchmark of tables failed")


def main(count: int) -> None:
    """A database and a city for this run alone."""
    from stadtkern.site.tree.postgres import EmbeddedPostgres

    folder = Path(tempfile.mkdtemp(prefix="stadtkern-bench-"))
    (folder / "city.toml").write_text(CITY, encoding="utf-8")
    os.environ.update(STADTKERN_CITY=str(folder / "city.toml"), STADTKERN_DATA=str(folder))
    os.environ.setdefault("STADTKERN_LOG_LEVEL", "WARNING")
    server = EmbeddedPostgres(folder / "postgres")
    try:
        server.start()
        os.environ["DATABASE_URL"] = server.url
        for one in _run(count):
            print(json.dumps(
                {"what": one.what, "figure": one.figure, "aim": one.aim, "met": one.met}
            ), flush=True)  # fmt: skip
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _run(count: int) -> Iterator[Row]:
    os.environ["DJANGO_SETTINGS_MODULE"] = "stadtkern.site.settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    yield from _filled(count)
    for what, ask, aim in _questions(random.Random(2)):
        found = _timed(ask)
        met = percentile(found, 0.95) < aim if aim else None
        wanted = f"p95 < {aim * 1000:.0f} ms" if aim else ""
        yield Row(what=f"tables, {what}", figure=times(found), aim=wanted, met=met)


def _filled(count: int) -> Iterator[Row]:
    """One large table, nine of a tenth of the rest each, and many small ones."""
    big = int(count * BIG)
    began = time.monotonic()
    _table("big", big)
    taken = time.monotonic() - began
    progress(f"{big:,} rows in {taken:.0f} s.")
    yield Row(what=f"tables, writing {big:,} rows", figure=f"{big / taken:,.0f} rows/s")
    for i in range(MEDIUM):
        _table(f"medium-{i}", (count - big) // MEDIUM)
    small = min(DATASETS, count // 1000) - MEDIUM - 1
    for i in range(max(0, small)):
        _table(f"small-{i}", 10)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
        cursor.execute("select pg_database_size(current_database())")
        size = cursor.fetchone()[0]
    yield Row(what=f"tables, {count:,} rows on disk", figure=f"{size / 1024**2:,.0f} MB")


def _table(slug: str, count: int) -> None:
    from stadtkern.kernel.catalogue import publishers
    from stadtkern.kernel.catalogue.columns import Field
    from stadtkern.kernel.catalogue.models import Dataset, Resource
    from stadtkern.kernel.catalogue.tables.write import write

    rng = random.Random(slug)
    dataset = Dataset.objects.create(
        slug=slug, title=f"{_word(rng)} {_word(rng)} {slug}", state=Dataset.PUBLISHED,
        publisher=publishers.city(), themes=[rng.choice(("ENVI", "TRAN", "SOCI"))],
        about=" ".join(_word(rng) for _ in range(40)), keywords=[_word(rng), _word(rng)],
    )  # fmt: skip
    resource = Resource.objects.create(dataset=dataset, slug="rows", title=slug)
    kinds = {
        "key": "text", "district": "text", "street": "text", "note": "text", "counted": "integer",
        "value": "number", "day": "date", "place": "geometry",
    }  # fmt: skip
    fields = [Field(slug=name, kind=kind) for name, kind in kinds.items()]  # type: ignore[arg-type]
    write(resource, fields, (_row(rng, i) for i in range(count)))


def _word(rng: random.Random) -> str:
    """One of 38,416, the frequent ones far more often than the rare ones."""
    number = int(38_416 * rng.random() ** 4)
    return "".join(SYLLABLES[number // 14**i % 14] for i in range(4))


def _row(rng: random.Random, i: int) -> dict[str, object]:
    lon, lat = 7 + rng.random(), 51 + rng.random()
    return {
        "key": f"K{i:08}",
        "district": DISTRICTS[int(8 * rng.random() ** 2)],
        "street": f"{_word(rng)}straße {i % 200}",
        "note": f"{_word(rng)} {_word(rng)} {_word(rng)} Baum {_word(rng)}",
        "counted": int(1000 * rng.random()),
        "value": None if i % 20 == 0 else rng.random(),
        "day": date(2000, 1, 1) + timedelta(days=i % 9000),
        "place": {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]},
    }


def _questions(rng: random.Random) -> Iterator[tuple[str, Ask, float]]:
    """What is asked, each time with other values."""
    yield "first page", _rows(), AIM
    yield "one word", _rows(q=lambda: _word(rng)), AIM
    yield "two words", _rows(q=lambda: f"{_word(rng)} {_word(rng)}"), AIM
    yield "a word of every row", _rows(q=lambda: "Baum"), AIM
    yield "beginning of a word", _rows(q=lambda: f"{_word(rng)[:5]}*"), AIM
    yield "word and district", _rows(q=lambda: _word(rng), district=lambda: "Hafen"), AIM
    yield "key", _rows(key=lambda: f"K{rng.randrange(1000):08}"), AIM
    sort = {"sort": lambda: rng.choice(("-day", "value", "-counted"))}
    yield "district, sorted", _rows(district=lambda: rng.choice(DISTRICTS), **sort), AIM
    yield (
        "a month, sorted",
        _rows(
            day__gte=lambda: f"20{rng.randrange(10, 20)}-03-01",
            day__lt=lambda: "2020-04-01",
            **sort,
        ),
        AIM,
    )
    yield "small box", _rows(bbox=lambda: _box(rng, 0.005)), AIM
    yield "large box, sorted", _rows(bbox=lambda: _box(rng, 0.5), **sort), AIM
    yield "word in CKAN's datastore", _datastore(rng), AIM
    cql = lambda: f"district = 'Nord' AND value > {rng.random():.3f}"  # noqa: E731
    yield "CQL2 filter of features", _asked("features/collections/big-rows/items", filter=cql), AIM
    yield "words in 1,000 datasets (CKAN)", _asked("3/action/package_search",
                                                   q=lambda: _word(rng)), AIM  # fmt: skip
    yield "one vector tile", lambda: "/api/tiles/big-rows/12/2134/1363.mvt", 0
    yield "count and mean by district", _rows(group_by=lambda: "district", avg=lambda: "value"), 0


def _box(rng: random.Random, side: float) -> str:
    west, south = 7 + rng.random() * (1 - side), 51 + rng.random() * (1 - side)
    return f"{west:.5f},{south:.5f},{west + side:.5f},{south + side:.5f}"


def _rows(**parameters: Callable[[], str]) -> Ask:
    return _asked("tables/big/rows", **parameters)


def _asked(path: str, **parameters: Callable[[], str]) -> Ask:
    def ask() -> str:
        return f"/api/{path}?{urlencode({key: value() for key, value in parameters.items()})}"

    return ask


def _datastore(rng: random.Random) -> Ask:
    from stadtkern.kernel.catalogue.doors.ckan.names import resource_id

    table = resource_id("big", "rows")
    return _asked("3/action/datastore_search", resource_id=lambda: table, q=lambda: _word(rng))


def _timed(ask: Ask) -> list[float]:
    from django.core.handlers.base import BaseHandler
    from django.db import close_old_connections
    from django.test import RequestFactory

    handler, factory, found = BaseHandler(), RequestFactory(SERVER_NAME="localhost"), []
    handler.load_middleware()
    for i in range(WARM_UP + TIMES):
        path = ask()
        began = time.perf_counter()
        response = handler.get_response(factory.get(path))
        taken = time.perf_counter() - began
        close_old_connections()
        assert response.status_code in (200, 204), f"{path}: {response.status_code}"
        if i >= WARM_UP:
            found.append(taken)
    return found


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        main(int(sys.argv[2]))
    else:
        head()
        for one in measure(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT):
            row(one)
