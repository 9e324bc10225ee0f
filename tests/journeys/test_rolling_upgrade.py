"""Three instances are replaced by the next version, one after the other, under load.

`updraft-next` is this program with one more migration and another version (tests/next).
"""
import contextlib
import os
import subprocess
import threading

import postgres
import pytest
import stage
from instances_stage import three_instances, under_load
from load_stage import MODEL
from proxy_stage import needs_haproxy

WAITS = "the database cannot be brought to date yet"
GOES_ON = "a newer version has changed the database, and this one goes on with it"


def version_of(server):
    token = {"Authorization": f"Bearer {server.admin.token}"}
    text = stage.request(server.url, "GET", "/metrics", headers=token).expect(200).body.decode()
    return next(line for line in text.splitlines() if line.startswith("updraft_build{"))


@pytest.mark.once
@needs_haproxy
def test_three_instances_are_upgraded_one_by_one_and_nobody_sees_it(
        database, start_server, receiver, certificate, tmp_path, seed):
    servers = three_instances(start_server, database)
    with under_load(servers, receiver, certificate, tmp_path, seed) as (proxy, orders):
        versions = iter(range(2, 100))

        def orders_go_on():
            """Orders one more upgrade for every device, and checks that the proxy sees all three instances."""
            before = len(orders.acknowledged)
            servers[0].publish(MODEL, f"1.0.{next(versions)}", os.urandom(50_000))
            stage.wait_until(lambda: len(orders.acknowledged) > before + 2, "orders to go on")
            stage.wait_until(lambda: proxy.instances_up() == 3, "the proxy to see all three")

        orders_go_on()
        for nth, server in enumerate(servers):
            server.stop()
            server.program = stage.next_binary()
            server.start()
            assert "-next" in version_of(server)
            orders_go_on()
            if nth == 0:
                # An instance of the old version dies and restarts on the new version's database.
                servers[2].kill()
                servers[2].start()
                assert "-next" not in version_of(servers[2])
                stage.wait_until(lambda: GOES_ON in servers[2].process.errors(), "it to say so")
                orders_go_on()


@contextlib.contextmanager
def a_table_in_use(database):
    """A transaction of another program, such as a dump, that has read devices and does not end."""
    psql = subprocess.Popen([postgres.programs() / "psql", "-qAtX", database], text=True,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        psql.stdin.write("BEGIN;\nSELECT COUNT(*) FROM devices;\n")
        psql.stdin.flush()
        assert psql.stdout.readline() == "0\n"
        yield
    finally:
        psql.communicate("COMMIT;\n", timeout=stage.PATIENCE)


@pytest.mark.once
def test_a_migration_that_cannot_be_made_yet_holds_nobody_up(database, start_server):
    old = start_server(config={"store": {"url": database}})
    new = start_server(beside=old, start=False)
    new.program = stage.next_binary()
    starting = threading.Thread(target=new.start, daemon=True)
    with a_table_in_use(database):
        starting.start()
        stage.wait_until(lambda: new.process and WAITS in new.process.errors(), "it to say so")
        old.device("d-1")
        assert starting.is_alive()
    starting.join(stage.PATIENCE)
    assert "-next" in version_of(new)
    new.admin.get("/devices/d-1").expect(200)


def test_the_last_version_can_be_put_back(start_server):
    server = start_server()
    server.device("d-1")
    for program in (stage.next_binary(), None):
        server.stop()
        server.program = program
        server.start()
        server.admin.get("/devices/d-1").expect(200)
        server.device("d-2" if program else "d-3")
    stage.wait_until(lambda: GOES_ON in server.process.errors(), "it to say so")
    assert len(server.admin.every("/devices")) == 3
