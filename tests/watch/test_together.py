"""Several processes take messages of the same devices at the same time."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import connection

from stadtkern.kernel.devices.ingest.batch import commit
from stadtkern.kernel.devices.models import Device, DeviceDay


@pytest.mark.django_db(transaction=True)
def test_two_processes_with_the_same_devices_neither_wait_for_ever_nor_lose_a_count(profile, hear):
    euis = [f"{n:016x}" for n in range(30)]
    Device.objects.bulk_create(Device(dev_eui=e, name=e, profile=profile) for e in euis)
    first = [hear(1, eui=eui) for eui in euis]
    # What lies before the first frame that is known counts as known, so all begin with the same.
    commit([_frame(one, 0) for one in first])

    def run(order, offset):
        try:
            for n in range(12):
                commit([_frame(one, offset + 2 * n) for one in first[::order]])
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(run, 1, 1), threads.submit(run, -1, 2)]:
            done.result(timeout=120)
    assert set(Device.objects.values_list("frames", "lost", "f_cnt")) == {(25, 0, 24)}
    assert set(DeviceDay.objects.values_list("uplinks", "lost")) == {(25, 0)}


def _frame(judged, number):
    event = replace(judged.event, key=f"{judged.event.dev_eui}-{number}", f_cnt=number)
    return replace(judged, event=event)
