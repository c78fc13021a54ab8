"""One year of one datastream: 52,560 observations, thinned in the database."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlencode

from benchmarks.pages import in_process, over_http, timed
from benchmarks.running import RunningCity
from benchmarks.table import Row, times


def measure(city: RunningCity) -> Iterator[Row]:
    """The question itself, and the answer that a chart loads."""
    from stadtkern.kernel import clock
    from stadtkern.kernel.things import series
    from stadtkern.kernel.things.models import Datastream

    stream = Datastream.objects.order_by("pk").values_list("pk", flat=True)[0]
    end = clock.now()
    start = end - timedelta(days=365)
    steps = len(series.series([stream], start, end).times)
    found = timed(lambda: series.series([stream], start, end))
    yield Row(what=f"one year of one datastream, series() in {steps:,} steps", figure=times(found))
    raw = timed(lambda: series.series([stream], end - timedelta(days=7), end))
    yield Row(what="one week of one datastream, as stored", figure=times(raw))
    when = {"from": start.isoformat(), "to": end.isoformat()}
    path = f"/api/series/?{urlencode({'datastreams': stream, **when})}"
    yield Row(what="one year, /api/series/ in the server", figure=times(timed(in_process(path))))
    yield Row(what="one year, /api/series/ over HTTP", figure=times(timed(over_http(city, path))))
