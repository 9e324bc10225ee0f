"""Orders under load, and the checks of all stored rows and sent pushes at the end."""
import collections
import contextlib
import http.client
import random
import signal
import threading

import stage

DEVICES = 9
MODEL = "lumen-a19"
# A killed process needs some milliseconds to end. Until its last listener is closed, a call that is
# repeated at once may be sent to it again.
PAUSE = 0.5


class NotPassedOn(OSError):
    """There was no response from the server: the instance that was asked has ended or is ending."""


BROKEN_OFF = (OSError, http.client.HTTPException)


class Orders:
    """Calls upgrade/selected for random devices, and remembers the acknowledged orders.

    With `asks` 2, a call that got no response, or that a proxy could not pass on, is repeated once after
    PAUSE, as clients do; the repeated call must get a response. `not_now`: statuses that count as no
    response.
    """

    def __init__(self, user, dids, chance, asks=1, not_now=()):
        self.user, self.dids, self.chance, self.asks = user, dids, chance, asks
        self.not_now = (502, 503, 504) if asks > 1 else not_now
        self.acknowledged = set()  # (did, orderId)
        self.odd = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._stop.is_set():
            did = self.chance.choice(self.dids)
            try:
                code, result = self._ask(did)
            except BROKEN_OFF as error:
                if self.asks > 1:
                    self.odd.append(repr(error))
                self._stop.wait(0.02)  # The server is down at this moment.
                continue
            except AssertionError as error:
                self.odd.append(str(error))
                continue
            if code == 0:
                self.acknowledged.add((did, result))
            elif code != 901:
                self.odd.append((code, result))
            self._stop.wait(0.01)

    def _ask(self, did):
        for left in reversed(range(self.asks)):
            try:
                answer = self.user.raw("/open/ota/upgrade/firmware/selected", {"did": did})
                if answer.status in self.not_now:
                    raise NotPassedOn(answer.status, answer.body[:200])
                answer = answer.expect(200).json()
                return answer["code"], answer["result"]
            except BROKEN_OFF:
                if left == 0:
                    raise
                self._stop.wait(PAUSE)

    def end(self):
        self._stop.set()
        self._thread.join(stage.PATIENCE)


def wait_for_quiet(server, user):
    """Waits until no upgrade runs and no push waits."""
    stage.wait_until(lambda: user.running() == (0, []), "all upgrades to end", patience=120)

    def nothing_waits():
        return server.admin.get("/pushes?state=pending&limit=1").expect(200).json()["items"] == []

    stage.wait_until(nothing_waits, "all pushes to be delivered", patience=120)


def check_told(upgrades, pushes):
    """Each upgrade has one result, with the same bytes in each attempt, in order, and no push after it."""
    results = collections.defaultdict(list)  # did -> [(version, result)] by first arrival
    by_id, progress, ended = {}, {}, set()
    for push in pushes:
        body = push.body
        known = by_id.setdefault(push.id, push.raw)
        assert known == push.raw, f"{push.id} came with other bytes"
        if body["msgType"] == "ota_new_firmware":
            continue
        key = (body["did"], body["firmwareVersion"])
        if body["msgType"] == "ota_upgrade_progress":
            assert key not in ended, f"progress after the result of {key}"
            assert body["progress"] >= progress.get(key, 0), f"progress of {key} fell"
            progress[key] = body["progress"]
        elif known is push.raw:
            assert key not in ended, f"two results of {key}"
            ended.add(key)
            results[body["did"]].append((body["firmwareVersion"], body["upgradeResult"]))
    for did in {upgrade["did"] for upgrade in upgrades}:
        ran = sorted((upgrade for upgrade in upgrades if upgrade["did"] == did),
                     key=lambda upgrade: upgrade["id"])
        expected = [(upgrade["firmwareVersion"], "1" if upgrade["state"] == "succeeded" else "0")
                    for upgrade in ran]
        assert results[did] == expected, did


def check_kept(server, orders, pushes):
    """Asserts that all acknowledged orders are stored and were pushed. Returns the upgrades."""
    assert orders.odd == []
    upgrades = server.admin.every("/upgrades")
    stored = {(upgrade["did"], upgrade["orderId"]) for upgrade in upgrades}
    assert orders.acknowledged - stored == set()
    assert {upgrade["state"] for upgrade in upgrades} == {"succeeded"}
    check_told(upgrades, pushes)
    return upgrades


def rest(server, user, fleet):
    """Waits until all ordered upgrades have ended and were pushed; then ends the fleet."""
    wait_for_quiet(server, user)
    fleet.signal(signal.SIGTERM)
    assert fleet.wait() == 0, fleet.lines + [fleet.errors()]


@contextlib.contextmanager
def under_load(door, first, receiver, folder, seed, **asking):
    """Yields the orders while a fleet works and pushes are sent; then checks all results.

    `door`: the server or proxy that apps and devices talk to. `first`: an instance for operators.
    `asking`: see Orders.
    """
    user = first.app("app", pushUrl=receiver.url).grant("alice")
    dids = [f"d-{number}" for number in range(DEVICES)]
    tokens = [first.device(did, MODEL, "1.0.0", "alice").token for did in dids]
    credentials = folder / "credentials"
    credentials.touch(0o600)
    credentials.write_text("".join(
        f"{did},{token},1.0.0\n" for did, token in zip(dids, tokens, strict=True)))
    fleet = stage.Process(
        [stage.binary(), "simulate", "--url", door.url, "--insecure", "--credentials", credentials,
         "--polling", "0.1", "--install-seconds", "0.3", "--cut-rate", "0.2", "--ramp", "0"],
        folder / "fleet.log")
    try:
        user.app.server = door
        orders = Orders(user, dids, random.Random(seed + 1), **asking)
        try:
            yield orders
        finally:
            orders.end()
        user.app.server = first
        rest(first, user, fleet)
    finally:
        fleet.kill()
    check_kept(first, orders, receiver.pushes)
