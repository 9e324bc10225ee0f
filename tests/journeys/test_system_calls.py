"""A kill, a full disk and a failing disk at each system call of the important actions.

`./dev test` takes a sample of the calls: 1, 2, 3, 5, 8, …. With UPDRAFT_SWEEP=all (`./dev torture`)
every call is tested, until the fault comes after the end of the action.
"""
import os

import pytest
import stage
import sweeps
import syscalls

EVERY_PLACE = os.environ.get("UPDRAFT_SWEEP") == "all"

KILLS = {
    "order": ["fdatasync", "pwrite64", "sendto,sendmsg,writev"],
    "report": ["fdatasync", "pwrite64", "sendto,sendmsg,writev"],
    "upload": ["fsync,fdatasync", "write,pwrite64", "rename,renameat,renameat2", "sendto,sendmsg,writev"],
    "delivery": ["fdatasync", "pwrite64"],
    "act": ["fdatasync", "pwrite64", "sendto,sendmsg,writev"],
}
ERRORS = {
    "order": ["ENOSPC pwrite64", "EIO pwrite64", "EIO fdatasync"],
    "report": ["ENOSPC pwrite64", "EIO fdatasync"],
    "upload": ["ENOSPC write", "EIO write", "EIO fsync", "ENOSPC rename", "EIO fdatasync"],
    "delivery": ["ENOSPC pwrite64", "EIO fdatasync"],
    "act": ["ENOSPC pwrite64", "EIO fdatasync"],
}


# Calls of the embedded store. The other calls occur with both stores: sockets, and files of artifacts.
OF_THE_EMBEDDED_STORE = {("order", "fdatasync"), ("order", "pwrite64"), ("report", "fdatasync"),
                         ("report", "pwrite64"), ("delivery", "fdatasync"), ("delivery", "pwrite64"),
                         ("upload", "EIO fdatasync"),
                         ("act", "fdatasync"), ("act", "pwrite64")}


def cases(of):
    for name, faults in of.items():
        for fault in faults:
            calls = fault.split()[-1]
            embedded = {(name, fault), (name, calls)} & OF_THE_EMBEDDED_STORE
            yield pytest.param(name, fault, marks=[pytest.mark.embedded] if embedded else [])


def places():
    """1, 2, 3, …, or a sample with growing distances."""
    earlier, place = 1, 1
    while place < 10_000:
        yield place
        earlier, place = (place, place + 1) if EVERY_PLACE else (place, earlier + place)


@pytest.fixture
def scene(start_server, receiver):
    """A server that keeps its address, and an app with a verified receiver."""
    if reason := syscalls.hindrance():
        pytest.skip(reason)
    server = start_server()
    server.config["server"]["listen"] = [server.url.removeprefix("http://")]
    app = server.app("app", pushUrl=receiver.url)
    user = app.grant("alice")
    app.wait_until_verified()
    server.publish(sweeps.MODEL, "2.0.0")
    return server, user


def attempt(operation, work):
    """The acknowledged result; None when the server died."""
    try:
        return operation.act(work)
    except sweeps.BROKEN:
        return None


def is_dead(server):
    """True when the server does not answer, or does not answer 200. A killed process may still be ending."""
    try:
        return stage.request(server.url, "GET", "/healthz").status != 200
    except sweeps.BROKEN:
        return True


def test_places_are_visited_in_order():
    taken = [place for place, _ in zip(places(), range(8))]
    assert taken == (list(range(1, 9)) if EVERY_PLACE else [1, 2, 3, 5, 8, 13, 21, 34])


@pytest.mark.parametrize("name, calls", cases(KILLS))
def test_death_at_any_system_call_loses_nothing(scene, receiver, name, calls):
    server, user = scene
    operation = sweeps.OPERATIONS[name](server, user, receiver)
    for place in places():
        work = operation.prepare()
        with syscalls.Trace(server.process.child.pid, calls, syscalls.KILL, place):
            acknowledged = attempt(operation, work)
        died = is_dead(server)
        if died:
            server.process.wait()
            server.start()
        operation.check(work, acknowledged)
        if not died:
            break
    assert operation.count > 1, "the first call was not met: the sweep proves nothing"


@pytest.mark.parametrize("name, fault", cases(ERRORS))
def test_a_disk_that_refuses_from_any_call_on_loses_nothing(scene, receiver, name, fault):
    server, user = scene
    operation = sweeps.OPERATIONS[name](server, user, receiver)
    error, calls = fault.split()
    refused = 0
    for place in places():
        work = operation.prepare()
        with syscalls.Trace(server.process.child.pid, calls, syscalls.error(error), f"{place}+"):
            acknowledged = attempt(operation, work)
            # Reads work while the disk fails.
            code, _ = user.query()
            assert code == 0
        if not sweeps.is_ready(server) and error == "EIO":
            # After a failed flush the server stops writing; a new start reads the stored data.
            server.kill()
            server.start()
        stage.wait_until(lambda: sweeps.is_ready(server), "the store to take writes again")
        operation.check(work, acknowledged)
        if acknowledged:
            break
        refused += 1
    assert refused, "the first call was not met: the sweep proves nothing"
