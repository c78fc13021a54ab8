"""Takes up again what a worker had in hand when it was killed."""

from django.db import connection

# As often as a listener is told of an event; then it counts as failed.
ATTEMPTS = 5
# A worker gives a sign of life every ten seconds; one that missed three is gone.
AGAIN = """
select case when j.attempts < %s then procrastinate_retry_job_v2(j.id, now(), null, null, null)
  else procrastinate_finish_job_v1(j.id, 'failed', false) end
from procrastinate_jobs j left join procrastinate_workers w on w.id = j.worker_id
where j.status = 'doing' and (w.id is null or w.last_heartbeat < now() - interval '30 s')
"""


def take_up() -> str:
    """Put back into the queue what nobody works on any more; jobs bear to run twice."""
    with connection.cursor() as cursor:
        cursor.execute(AGAIN, [ATTEMPTS])
        return f"{cursor.rowcount} jobs taken up again"
