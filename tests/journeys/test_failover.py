"""A primary dies and its standby is promoted: docs/operating.md, "Which PostgreSQL"."""
import os

import postgres
import pytest
import stage
from load_stage import MODEL, under_load

pytestmark = pytest.mark.once


@pytest.fixture
def pair():
    """A primary with a synchronous standby: each commit is on both before it is acknowledged."""
    primary = postgres.Cluster()
    try:
        primary.create("updraft")
        standby = postgres.Standby(primary)
        try:
            stage.wait_until(lambda: is_followed(primary), "the standby to follow")
            yield primary, standby
        finally:
            standby.stop()
    finally:
        primary.stop()


def is_followed(primary):
    return primary.sql("SELECT sync_state FROM pg_stat_replication") == "sync"


def ready(server):
    return stage.request(server.url, "GET", "/readyz").status == 200


def test_the_standby_takes_over_by_itself_and_nothing_acknowledged_is_lost(
        pair, start_server, receiver, tmp_path, seed):
    primary, standby = pair
    url = f"postgresql://updraft@/updraft?host={primary.folder},{standby.folder}"
    first = start_server(config={"store": {"url": url}})
    second = start_server(beside=first)
    # After the death and before the promotion, 503 is the right response.
    with under_load(second, first, receiver, tmp_path, seed, not_now=(503,)) as orders:
        first.publish(MODEL, "1.0.2", os.urandom(20_000))
        stage.wait_until(lambda: len(orders.acknowledged) >= 3, "orders")
        primary.crash()
        stage.wait_until(lambda: not (ready(first) or ready(second)), "/readyz to say so")
        standby.promote()
        stage.wait_until(lambda: ready(first) and ready(second), "the servers to go on")
        told = len(orders.acknowledged)
        first.publish(MODEL, "1.0.3", os.urandom(20_000))
        stage.wait_until(lambda: len(orders.acknowledged) >= told + 3, "orders to go on")
    for server in (first, second):
        server.stop()
