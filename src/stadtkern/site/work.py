"""The worker process: procrastinate on the city's database."""

import asyncio
import threading

from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.jobs import tasks
from stadtkern.site.pulse import Pulse


def run(concurrency: int) -> None:
    """Work until SIGTERM; successful jobs are deleted, failed ones stay to be looked at."""
    tasks.register_periodic()
    tasks.tell_failures(_note_failure)
    pulse = Pulse("worker")
    threading.Thread(target=pulse.keep, daemon=True).start()
    asyncio.run(_work(concurrency))


def _note_failure(job: int, reason: str) -> None:
    record("worker", "job.failed", f"job:{job}", reason=reason)


async def _work(concurrency: int) -> None:
    connector = app.connector
    if not isinstance(connector, DjangoConnector):
        raise TypeError("the queue does not use Django's database")
    with app.replace_connector(connector.get_worker_connector()) as worker_app:
        async with worker_app.open_async():
            await worker_app.run_worker_async(
                concurrency=concurrency, delete_jobs="successful", fetch_job_polling_interval=5.0
            )
