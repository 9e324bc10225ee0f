"""Three instances on one PostgreSQL; one of them is killed again and again under load.

`UPDRAFT_INSTANCE_KILLS` sets the number of kills; `UPDRAFT_SEED` repeats one sequence of kills.
"""
import os
import random
import time

import pytest
import stage
from instances_stage import three_instances, under_load
from load_stage import MODEL
from proxy_stage import needs_haproxy

KILLS = int(os.environ.get("UPDRAFT_INSTANCE_KILLS", "10"))


@pytest.mark.once
@needs_haproxy
def test_the_death_of_one_of_three_loses_nothing_and_doubles_nothing(
        database, start_server, receiver, certificate, tmp_path, seed):
    chance = random.Random(seed)
    servers = three_instances(start_server, database)
    with under_load(servers, receiver, certificate, tmp_path, seed) as (proxy, orders):
        for version in range(2, KILLS + 2):
            victim = chance.choice(servers)
            other = chance.choice([server for server in servers if server is not victim])
            other.publish(MODEL, f"1.0.{version}", os.urandom(50_000))
            time.sleep(chance.uniform(0.05, 1.0))  # This test is about kills at random times, so it sleeps.
            victim.kill()
            victim.start()
            # Nothing is promised for a time in which all three are down.
            stage.wait_until(lambda: proxy.instances_up() == 3, "the proxy to see all three")
    assert len(orders.acknowledged) >= KILLS
