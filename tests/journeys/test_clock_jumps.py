"""The system's clock is set while the server runs: 400 days forward, back, and the other way.

The promise: a jump forward counts as time that passed (upgrades that are over expire, with one result
each). After a jump back nothing waits until the old time is reached again. No data is lost, no message
is sent twice, and no burst of posts follows. libfaketime sets only the clock of the server.
"""
import collections
import glob
import time

import pytest
import stage

MODEL = "lamp"
DAYS = 400
LONG = "2000d"
LIBRARY = "/usr/lib/*/faketime/libfaketimeMT.so.1"


class Clock:
    """The difference between the server's clock and the test's clock."""

    def __init__(self, folder, library):
        self.file = folder / "offset"
        self.set(0)
        self.environment = {"LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": str(self.file),
                            "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}

    def set(self, days):
        # Replaced in one step, because the server reads the file all the time.
        aside = self.file.with_suffix(".new")
        aside.write_text(f"{days:+d}d\n")
        aside.replace(self.file)


@pytest.fixture
def clock(tmp_path):
    found = glob.glob(LIBRARY)
    if not found:
        pytest.skip("libfaketime is not installed")
    if stage.sanitized():
        pytest.skip("a sanitizer's runtime has to be loaded first, and so has libfaketime")
    return Clock(tmp_path, found[0])


@pytest.fixture
def scene(start_server, receiver, clock):
    """Three upgrades: one that its device has not fetched, one that runs, and one with a result that
    was refused and is to be sent again in an hour."""
    server = start_server(config={
        "push": {"retry_schedule": ["1h"], "suspend_after": 1000},
        "tokens": {"access_ttl": LONG, "refresh_ttl": LONG},
        "upgrade": {"history_retention": LONG}}, env=clock.environment)
    app = server.app("app", pushUrl=receiver.url,
                     pushEvents=["ota_upgrade_result", "ota_new_firmware"])
    user = app.grant("alice")
    app.wait_until_verified()
    server.publish(MODEL, "2.0.0")
    for did in ("queued", "running", "refused", "later", "last"):
        server.device(did, MODEL, "1.0.0", "alice")
    receiver.wait_for_type("ota_new_firmware", count=5)
    for did in ("queued", "running", "refused"):
        assert user.upgrade_one(did)[0] == 0
    server.device("running", MODEL, "1.0.0", "alice").wait_for_deployment()
    receiver.behave = lambda push: (500, b"", {})
    assert user.cancel("refused")[0] == 0
    stage.wait_until(lambda: first_push(server, "refused")["attempts"] == 1, "the first attempt")
    receiver.behave = None
    return server, app, user


def first_push(server, did):
    listed = server.admin.every(f"/pushes?did={did}")
    return next(push for push in listed if push["msgType"] == "ota_upgrade_result")


def results(receiver):
    """did -> (id, cause) of each message that came, in order."""
    told = collections.defaultdict(list)
    for push in receiver.pushes:
        if push.body["msgType"] == "ota_upgrade_result":
            told[push.body["did"]].append((push.id, push.body.get("cause")))
    return told


def carry_out(server, user, receiver, did):
    """Carries out an upgrade from the order to the delivered result; the clock does not matter."""
    device = server.device(did, MODEL, "1.0.0", "alice")
    assert user.upgrade_one(did)[0] == 0
    device.install()
    receiver.wait_for_type("ota_upgrade_result", did)
    stage.wait_until(lambda: first_push(server, did)["state"] == "delivered", "its delivery")


def check_nothing_came_twice(server, receiver):
    told = results(receiver)
    assert len(told.pop("refused")) == 2, "the refused one comes again, once"
    assert all(len(messages) == 1 for messages in told.values()), told
    # No version is announced again, and the receiver was verified only a few times.
    assert len(receiver.bodies("ota_new_firmware")) == 5
    assert len(receiver.verifications) <= 8
    upgrades = server.admin.every("/upgrades")
    assert {upgrade["did"] for upgrade in upgrades} == set(told) | {"refused"}
    assert server.admin.every("/pushes?state=pending") == []
    assert server.admin.every("/pushes?state=dead") == []


def test_a_jump_forward_counts_as_time_that_passed_and_one_back_makes_nobody_wait(
        scene, receiver, clock):
    server, app, user = scene
    clock.set(DAYS)
    # The refused result is due, and the expired upgrade gets its one result.
    receiver.wait_for_type("ota_upgrade_result", "refused", 2)
    receiver.wait_for_type("ota_upgrade_result", "queued")
    receiver.wait_for_type("ota_upgrade_result", "running")
    carry_out(server, user, receiver, "later")
    clock.set(0)
    carry_out(server, user, receiver, "last")
    app.wait_until_verified()
    told = results(receiver)
    assert told["queued"][0][1].startswith("expired")
    assert told["running"][0][1].startswith("timeout")
    assert told["refused"][0] == told["refused"][1]
    stage.wait_until(lambda: not server.admin.every("/pushes?state=pending"), "quiet")
    check_nothing_came_twice(server, receiver)


def test_a_jump_back_loses_nothing_and_the_way_forward_storms_nobody(scene, receiver, clock):
    server, _, user = scene
    clock.set(-DAYS)
    # The retry that was planned in an hour is made now, not in 400 days.
    receiver.wait_for_type("ota_upgrade_result", "refused", 2)
    carry_out(server, user, receiver, "later")
    # A result that was delivered but not yet recorded would be sent again, correctly.
    stage.wait_until(lambda: not server.admin.every("/pushes?state=pending"), "the records")
    server.kill()
    server.start()
    clock.set(0)
    carry_out(server, user, receiver, "last")
    # The upgrade that ran before continues: by its own times, only a moment has passed.
    for did in ("queued", "running"):
        (upgrade,) = server.admin.every(f"/upgrades?did={did}")
        assert upgrade["state"] in ("queued", "offered")
        server.admin.post(f"/upgrades/{upgrade['id']}/cancel", {"force": True}).expect(200, 202)
    for did in ("queued", "running"):
        receiver.wait_for_type("ota_upgrade_result", did)
    stage.wait_until(lambda: not server.admin.every("/pushes?state=pending"), "quiet")
    check_nothing_came_twice(server, receiver)


def test_it_is_the_servers_clock_that_is_set(scene, clock):
    server, *_ = scene
    clock.set(DAYS)
    later = server.admin.get(f"/apps/{server.app('later').appid}").json()["createdAt"]
    assert int(later[:4]) > time.gmtime().tm_year
