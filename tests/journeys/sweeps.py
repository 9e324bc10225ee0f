"""The actions that are tested with faults: an order, a report, an upload, a delivery, an operator's act.

Each action is prepared, carried out and then checked, also when the server died: acknowledged data is
there, an action that was not acknowledged can be repeated, and no data is there twice.
"""
import hashlib
import http.client
import os
import threading

import stage

MODEL = "lamp"
# The errors that a caller sees when the server dies.
BROKEN = (OSError, http.client.HTTPException)


def is_ready(server):
    return stage.request(server.url, "GET", "/readyz").status == 200


class Order:
    """An app orders the upgrade of one device."""

    name = "order"

    def __init__(self, server, user, receiver):
        self.server, self.user, self.receiver = server, user, receiver
        self.count = 0

    def prepare(self):
        self.count += 1
        did = f"{self.name}-{self.count}"
        self.server.device(did, MODEL, "1.0.0", "alice")
        return did

    def act(self, did):
        answer = self.user.raw("/open/ota/upgrade/firmware/selected", {"did": did})
        told = answer.expect(200, 503).json()
        assert told["code"] in ((0,) if answer.status == 200 else (104,)), told
        return told["result"] if told["code"] == 0 else None

    def repair(self, did):
        return self.act(did)

    def check(self, did, acknowledged):
        repeated = self.repair(did)
        found = self.server.admin.every(f"/upgrades?did={did}")
        assert [upgrade["orderId"] for upgrade in found] == [acknowledged or repeated]
        assert repeated == found[0]["orderId"] and found[0]["state"] == "queued"


class Report(Order):
    """A device reports success."""

    name = "report"

    def prepare(self):
        device = self.server.device(super().prepare(), MODEL, "1.0.0", "alice")
        assert self.user.upgrade_one(device.did)[0] == 0
        deployment = device.wait_for_deployment()
        device.report(deployment["id"], "downloaded").expect(200)
        return device, deployment["id"]

    def act(self, work):
        device, number = work
        return device.report(number, "closed", "success").expect(200, 410, 503).status != 503

    def check(self, work, acknowledged):
        device, number = work
        assert self.repair(work)
        upgrade = self.server.admin.get(f"/upgrades/{number}").expect(200).json()
        assert upgrade["state"] == "succeeded" and upgrade["progress"] == 100
        known = self.server.admin.get(f"/devices/{device.did}").expect(200).json()
        assert known["firmwareVersion"] == "2.0.0" and known["activeUpgradeId"] is None
        check_one_result(self.server, self.receiver, device.did)


class Upload(Order):
    """An operator uploads a firmware file."""

    name = "upload"

    def prepare(self):
        self.count += 1
        wanted = {"deviceModel": f"{self.name}-model", "firmwareVersion": str(self.count)}
        made = self.server.admin.post("/firmware", wanted).expect(201).json()
        return f"/firmware/{made['id']}", os.urandom(100_000)

    def act(self, work):
        path, content = work
        answer = self.server.admin.put(path + "/file", content)
        return answer.expect(200, 503, 507).status == 200

    def check(self, work, acknowledged):
        path, content = work
        if not acknowledged:
            assert self.repair(work)
        released = self.server.admin.post(path + "/release").expect(200).json()
        digest = hashlib.sha256(content).hexdigest()
        assert released["sha256"] == digest and released["fileSize"] == len(content)
        folder = self.server.data / "firmware"
        assert (folder / digest[:2] / digest).read_bytes() == content
        assert list((folder / "tmp").iterdir()) == []


class Delivery(Order):
    """A receiver acknowledges a result, and the server records it."""

    name = "delivery"

    def prepare(self):
        did = super().prepare()
        assert self.user.upgrade_one(did)[0] == 0
        gate = threading.Event()

        def wait_at_the_gate(push):
            if push.body.get("did") == did:
                gate.wait(stage.PATIENCE)
        self.receiver.behave = wait_at_the_gate
        assert self.user.cancel(did)[0] == 0
        self.receiver.wait_for_type("ota_upgrade_result", did)
        return did, gate

    def act(self, work):
        did, gate = work
        gate.set()
        self.receiver.behave = None
        # Either it is recorded, or the disk refuses. A server that died answers neither request.
        stage.wait_until(lambda: self.delivered(did) or not is_ready(self.server),
                         f"the delivery of {did}")
        return self.delivered(did)

    def delivered(self, did):
        listed = self.server.admin.every(f"/pushes?did={did}&state=delivered")
        return any(push["msgType"] == "ota_upgrade_result" for push in listed)

    def repair(self, work):
        work[1].set()
        return True

    def check(self, work, acknowledged):
        self.repair(work)
        check_one_result(self.server, self.receiver, work[0])


class Act(Order):
    """An operator changes a device: the change and its row of the audit are one commit."""

    name = "act"

    def act(self, did):
        answer = self.server.admin.patch(f"/devices/{did}", {"name": f"new {did}"})
        return answer.expect(200, 503).status == 200

    def check(self, did, acknowledged):
        rows = self.server.admin.every(f"/audit?object={did}&action=changeDevice")
        device = self.server.admin.get(f"/devices/{did}").expect(200).json()
        assert (device["name"] == f"new {did}") == bool(rows)
        assert len(rows) == 1 if acknowledged else len(rows) <= 1
        if rows:
            assert rows[0]["changes"] == [{"field": "name", "old": None, "new": f"new {did}"}]


def check_one_result(server, receiver, did):
    """The result arrives once or more, with one id and the same bytes, and is recorded as delivered."""
    pushes = receiver.wait_for_type("ota_upgrade_result", did)

    def delivered():
        listed = server.admin.every(f"/pushes?did={did}")
        results = [push for push in listed if push["msgType"] == "ota_upgrade_result"]
        assert len(results) == 1, results
        return results[0]["state"] == "delivered" and results[0]

    shown = stage.wait_until(delivered, f"the delivery of {did}")
    pushes = receiver.wait_for_type("ota_upgrade_result", did)
    assert {(push.id, push.raw) for push in pushes} == {(shown["webhookId"], pushes[0].raw)}


OPERATIONS = {made.name: made for made in (Order, Report, Upload, Delivery, Act)}
