# SPDX-License-Identifier: MIT
"""The breaker closes by itself: once Temporal is back, the worker says so
although nobody asks for anything, whatever failed before."""

import concurrent.futures

import pytest

from lib.process import wait_for


@pytest.mark.parametrize("crash", [False, True], ids=["frozen", "killed"])
def test_starts_that_failed_are_forgotten(own_temporal, start_worker, database, mail, crash):
    temporal = own_temporal(durable=True)
    worker = start_worker(database.app, temporal.address, mail.path,
                          task_queue=f"queue-{database.name}")
    temporal.freeze()
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(worker.ping) for _ in range(3)]
        assert {a.result().json["started"] for a in asked} == {"unknown"}
    wait_for(lambda: worker.metric("starts_failed_total") >= 2, 10, "failed starts")

    if crash:
        temporal.kill()
        temporal.start()
    else:
        temporal.thaw()
    worker.wait_connected()
    assert worker.ping().status == 200
