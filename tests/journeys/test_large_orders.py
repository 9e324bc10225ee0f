"""Orders of many devices: they are opened in parts, and other calls are served between the parts."""
import json
import threading

import stage

DEVICES = 12_000
MODEL = "lumen-a19"


def large_fleet(server):
    """A user with many devices that can be upgraded."""
    user = server.app("app").grant("crowd")
    lines = [json.dumps({"did": f"d-{number:05d}", "deviceModel": MODEL, "firmwareVersion": "1.0",
                         "openId": "crowd"}) for number in range(DEVICES)]
    answer = server.admin.post("/devices/import", "\n".join(lines).encode()).expect(200).json()
    assert answer["imported"] == DEVICES
    server.publish(MODEL, "2.0")
    return user


class Ordering:
    """The call for all devices, on a separate thread."""

    def __init__(self, user):
        self.answer = None
        self._thread = threading.Thread(target=self._call, args=(user,), daemon=True)
        self._thread.start()

    def _call(self, user):
        try:
            self.answer = user.upgrade()
        except OSError as error:
            self.answer = error

    def wait(self):
        self._thread.join(stage.PATIENCE)
        return self.answer


def active(server, did):
    return server.admin.get(f"/devices/{did}").expect(200).json()["activeUpgradeId"]


def count_of(user, order):
    code, upgrades = user.running(orderId=order)
    assert code == 0
    assert len({upgrade["did"] for upgrade in upgrades}) == len(upgrades)
    return len(upgrades)


def test_an_order_of_many_devices_is_whole_and_others_order_meanwhile(server):
    user = large_fleet(server)
    ordering = Ordering(user)
    stage.wait_until(lambda: active(server, "d-00000"), "the first part")
    # The last device is ordered separately before the large order has reached it.
    code, single = user.upgrade_one(f"d-{DEVICES - 1:05d}")
    assert code == 0
    assert ordering.answer is None, "the large order was over too soon to be of use"
    code, order = ordering.wait()
    assert code == 0 and order != single
    assert count_of(user, order) == DEVICES - 1
    assert count_of(user, single) == 1
    # No device is left: the call returns one of the orders, and no upgrade was started twice.
    assert user.upgrade() in ((0, order), (0, single))
    assert count_of(user, order) == DEVICES - 1


def test_an_order_that_a_crash_broke_off_is_finished(server):
    user = large_fleet(server)
    ordering = Ordering(user)
    stage.wait_until(lambda: active(server, "d-00000"), "the first part")
    server.kill()
    assert isinstance(ordering.wait(), OSError), "the large order was over too soon to be of use"
    server.start()
    order = server.admin.get(f"/upgrades/{active(server, 'd-00000')}").expect(200).json()["orderId"]
    # A repeated call returns the same order, which is complete then.
    assert user.upgrade() == (0, order)
    assert count_of(user, order) == DEVICES


def test_an_order_that_nobody_asks_for_again_is_finished_as_well(server):
    user = large_fleet(server)
    ordering = Ordering(user)
    stage.wait_until(lambda: active(server, "d-00000"), "the first part")
    server.kill()
    ordering.wait()
    server.start()
    stage.wait_until(lambda: active(server, f"d-{DEVICES - 1:05d}"), "the last part", patience=60)
    order = server.admin.get(f"/upgrades/{active(server, 'd-00000')}").expect(200).json()["orderId"]
    assert count_of(user, order) == DEVICES
