"""Orders under load, and what has to be true of all that was stored and told when it is over."""
import collections
import http.client
import threading

import stage


class NotPassedOn(OSError):
    """What came was no answer of ours: the instance that was asked is gone, or about to go."""


BROKEN_OFF = (OSError, http.client.HTTPException)


class Orders:
    """Calls upgrade/selected for devices at random, and keeps what was acknowledged.

    With `asks` 2, a call that broke off, or that a proxy could not pass on, is made once more at once;
    none may then break off again. `not_now`: statuses that count as broken off.
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
                self._stop.wait(0.02)  # The server is dead for the moment.
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

    def end(self):
        self._stop.set()
        self._thread.join(stage.PATIENCE)


def wait_for_quiet(server, user):
    """Until no upgrade runs and no push waits."""
    stage.wait_until(lambda: user.running() == (0, []), "all upgrades to end", patience=120)

    def nothing_waits():
        return server.admin.get("/pushes?state=pending&limit=1").expect(200).json()["items"] == []

    stage.wait_until(nothing_waits, "all pushes to be delivered", patience=120)


def check_told(upgrades, pushes):
    """One result for each upgrade, the same bytes at each attempt, in order, nothing after it."""
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
