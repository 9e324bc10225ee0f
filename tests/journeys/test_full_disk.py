"""A full file system: acknowledged data stays, reads work, and writes work again when there is space."""
import contextlib
import subprocess
import threading

import pytest
import stage

MODEL = "lamp"
SIZE = 24 * 1024 * 1024


@pytest.fixture
def small_disk(tmp_path):
    """A separate tmpfs for the data directory."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "updraft-test", place],
                             capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"no small file system can be mounted here: {mounted.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def fill(place):
    """Fills all free space; returns the file that uses it."""
    ballast = place / "ballast"
    with open(ballast, "wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    return ballast


def order(user, did):
    """The order id, or None when the disk refused the order."""
    answer = user.raw("/open/ota/upgrade/firmware/selected", {"did": did}).expect(200, 503).json()
    assert answer["code"] in (0, 104), answer
    return answer["result"] if answer["code"] == 0 else None


# The tmpfs that is filled contains the SQLite store.
@pytest.mark.embedded
def test_a_full_disk_loses_nothing_acknowledged_and_heals_by_space_alone(start_server, receiver,
                                                                         small_disk):
    server = start_server(start=False)
    server.data = small_disk / "data"
    server.start()
    server.config["server"]["listen"] = [server.url.removeprefix("http://")]
    app = server.app("app", pushUrl=receiver.url, pushEvents=["ota_upgrade_result"])
    user = app.grant("alice")
    app.wait_until_verified()
    server.publish(MODEL, "2.0.0")
    dids = [f"lamp-{n}" for n in range(200)]
    for did in dids:
        server.device(did, MODEL, "1.0.0", "alice")
    held_back = threading.Event()
    receiver.behave = lambda push: held_back.wait(stage.PATIENCE) and None
    acknowledged = {dids[0]: order(user, dids[0])}
    assert user.cancel(dids[0])[0] == 0
    receiver.wait_for_type("ota_upgrade_result", dids[0])

    ballast = fill(small_disk)
    held_back.set()  # A push is acknowledged, and the server cannot record it.
    refused = []
    for did in dids[1:]:
        # Free space inside the store's files may be enough for a few more orders.
        given = order(user, did)
        if given:
            acknowledged[did] = given
        else:
            refused.append(did)
        if len(refused) > 3:
            break
    assert len(refused) > 3, "the disk was never full"
    ready = stage.request(server.url, "GET", "/readyz")
    assert ready.status == 503 and "no writes" in ready.json()["detail"]
    assert "SQL" not in ready.json()["detail"]
    request_id = ready.headers["X-Request-Id"]
    assert request_id in ready.json()["detail"]
    said = stage.wait_until(lambda: [line for line in server.process.errors().splitlines()
                                     if request_id in line and "request failed" in line],
                            "the line of the failed request")
    assert "SQLite" in said[0], said
    code, offers = user.query()
    assert code == 0 and len(offers) == len(dids)
    assert server.admin.get("/devices?limit=1").status == 200
    made = server.admin.post("/firmware", {"deviceModel": "big", "firmwareVersion": "1"})
    assert made.status == 503

    ballast.unlink()
    stage.wait_until(lambda: stage.request(server.url, "GET", "/readyz").status == 200,
                     "the store to take writes again")
    for did in refused:
        acknowledged[did] = stage.wait_until(lambda did=did: order(user, did), f"order of {did}")
    server.kill()
    server.start()
    stored = {upgrade["did"]: upgrade["orderId"] for upgrade in server.admin.every("/upgrades")}
    assert stored == acknowledged
    stage.wait_until(lambda: not server.admin.every("/pushes?state=pending"), "every delivery")
    told = [push for push in receiver.pushes if push.body["did"] == dids[0]]
    assert len({(push.id, push.raw) for push in told}) == 1
