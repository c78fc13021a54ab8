"""The demo's waiting areas are alive at once, labelled as invented, and made once."""

import random

from stadtkern.systems.appointments import demo_queue
from stadtkern.systems.appointments.logic import figures, queue_shown
from stadtkern.systems.appointments.logic.figures import Asked
from stadtkern.systems.appointments.models import Figures, Hall, Queue, QueueEntry


def test_halls_are_alive_and_a_second_run_changes_nothing(town, time):
    QueueEntry.objects.all().delete()
    Queue.objects.all().delete()
    Hall.objects.all().delete()
    demo_queue.fill(random.Random(1))
    halls = list(Hall.objects.order_by("id"))
    assert len(halls) == 2
    assert all(hall.invented for hall in halls)
    assert queue_shown.shown(halls[0])
    waits = {one.office.slug: one for one in queue_shown.waits(halls[0])}
    assert waits["einwohnerwesen"].waiting == demo_queue.WAITING
    assert waits["einwohnerwesen"].middle is not None
    assert not Figures.objects.filter(invented=False).exists()
    days = Figures.objects.values_list("day", flat=True)
    found = figures.report(Asked(first=min(days), last=max(days), office=town.office.pk)).total
    assert found.wait_p90 > found.wait_median
    assert 0.4 < found.utilisation < 0.95
    before = Figures.objects.count(), QueueEntry.objects.count()
    demo_queue.fill(random.Random(1))
    assert (Figures.objects.count(), QueueEntry.objects.count()) == before
