"""What must be there before the example of an operation can be sent, for each operation."""
import itertools
import urllib.parse

import stage

MODEL, DID, USER = "lamp", "lamp-1", "alice"
CONTENT = b"brighter light"


class World:
    """One server with what the examples name. Each method returns the values that the server made."""

    def __init__(self, server, receiver):
        self.server = server
        self.admin = server.admin
        self.receiver = receiver
        self.numbers = itertools.count(1)

    def app(self, **fields):
        self.made = self.server.app("Bright Homes", **fields)
        return {"appid": self.made.appid}

    def app_with_url(self):
        values = self.app(pushUrl=self.receiver.url)
        self.made.wait_until_verified()
        return values

    def grant(self):
        values = self.app()
        self.user = self.made.grant(USER)
        return {**values, "openId": USER}

    def device(self):
        """A new device, without an upgrade."""
        self.admin.delete(f"/devices/{DID}").expect(204, 404)
        self.server.device(DID, MODEL, "1.0.0", USER)
        return {}

    def draft(self, file=True):
        wanted = {"deviceModel": MODEL, "firmwareVersion": f"3.{next(self.numbers)}.0"}
        made = self.admin.post("/firmware", wanted).expect(201).json()
        if file:
            self.admin.put(f"/firmware/{made['id']}/file", CONTENT).expect(200)
        return {"id": made["id"], "firmwareId": made["id"]}

    def release(self):
        self.no_hold()
        values = self.draft()
        self.admin.post(f"/firmware/{values['id']}/release").expect(200)
        return values

    def offer(self):
        """A device of a user that can be upgraded, and the user's app."""
        return {**self.grant(), **self.device(), **self.release()}

    def upgrade(self):
        """An upgrade that the user ordered."""
        values = self.offer()
        code, order = self.user.upgrade_one(DID)
        assert code == 0, order
        ask = urllib.parse.urlencode({"orderId": order})
        upgrade = self.admin.get(f"/upgrades?{ask}").expect(200).json()["items"][0]
        return {**values, "id": upgrade["id"], "orderId": order}

    def result(self):
        """A message about an upgrade that has ended, delivered to the app."""
        values = self.app_with_url()
        self.user = self.made.grant(USER)
        self.device()
        self.release()
        assert self.user.upgrade_one(DID)[0] == 0 and self.user.cancel(DID)[0] == 0
        ask = f"/pushes?{urllib.parse.urlencode({**values, 'state': 'delivered'})}"
        pushes = stage.wait_until(
            lambda: [push for push in self.admin.get(ask).expect(200).json()["items"]
                     if push["msgType"] == "ota_upgrade_result"], "the result to be delivered")
        return {**values, "webhookId": pushes[0]["webhookId"]}

    def code(self):
        values = self.grant()
        back = "https://bright.example/back"
        made = self.admin.post("/authorizations", {"appid": values["appid"], "openId": USER,
                                                   "redirectUri": back}).expect(201).json()
        return {"client_id": self.made.appid, "client_secret": self.made.appkey, "code": made["code"]}

    def account(self):
        self.app()
        self.user = self.made.sign_in("user-42")
        return {"openId": self.user.open_id, "refreshToken": self.user.refresh_token}

    def operator(self):
        self.admin.delete("/operators/bob").expect(204, 404)
        self.admin.post("/operators", {"name": "bob", "role": "support"}).expect(201)
        return {"name": "bob"}

    def no_operator(self):
        self.admin.delete("/operators/carol").expect(204, 404)
        return {}

    def token(self):
        values = self.operator()
        made = self.admin.post("/operators/bob/tokens", {"label": "laptop"}).expect(201).json()
        return {**values, "id": made["id"], "token": made["token"]}

    def hold(self):
        made = self.admin.post("/holds", {"deviceModel": "no-such-model", "note": "a test"})
        return {"id": made.expect(201).json()["id"]}

    def rollout(self, *acts):
        """A rollout of a new release, after these acts."""
        values = self.release()
        made = self.admin.post("/rollouts", {"firmwareId": values["id"], "mode": "offer"})
        path = f"/rollouts/{made.expect(201).json()['id']}"
        for act in acts:
            self.admin.post(f"{path}/{act}", {}).expect(200)
        return {"id": path.split("/")[-1], "firmwareId": values["firmwareId"]}

    def waiting_rollout(self):
        """A rollout that another operator created, and that waits for its approval."""
        self.admin.delete("/operators/dora").expect(204, 404)
        self.admin.post("/operators", {"name": "dora", "role": "releaser"}).expect(201)
        token = self.admin.post("/operators/dora/tokens", {}).expect(201).json()["token"]
        dora = stage.Admin(self.server.url, token)
        values = self.release()
        self.admin.patch(f"/models/{MODEL}", {"minApprovals": 1}).expect(200)
        made = dora.post("/rollouts", {"firmwareId": values["id"], "mode": "offer"}).expect(201)
        values["id"] = made.json()["id"]
        dora.post(f"/rollouts/{values['id']}/submit", {}).expect(200)
        self.admin.patch(f"/models/{MODEL}", {"minApprovals": 0}).expect(200)
        return values

    def growing_rollout(self):
        """A running rollout whose audience is counted."""
        self.device()
        values = self.rollout("start")
        path = f"/rollouts/{values['id']}"
        stage.wait_until(lambda: self.admin.get(path).json()["counts"]["audience"] is not None,
                         "the audience to be counted")
        return values

    def taken_place(self):
        """A rollout in which a device has a place."""
        self.no_hold()
        lamp = self.server.device("lamp-9", MODEL, "1.0.0")  # No user's policy holds it back.
        values = self.release()
        plan = {"window": "any"}
        made = self.admin.post("/rollouts", {"firmwareId": values["id"], "mode": "install",
                                             "plan": plan}).expect(201).json()
        self.admin.post(f"/rollouts/{made['id']}/start", {}).expect(200)
        devices = f"/rollouts/{made['id']}/devices"
        stage.wait_until(lambda: lamp.poll() and self.admin.get(devices).json()["items"],
                         "the device to take a place")
        return {"id": made["id"]}

    def no_hold(self):
        """Lifts every hold, so that no other test is held back."""
        for hold in self.admin.every("/holds"):
            self.admin.delete(f"/holds/{hold['id']}").expect(204)
        return {}

    def credentials(self, schemes):
        """The header fields of these security schemes."""
        headers = {}
        if "bearer" in schemes:
            headers["Authorization"] = f"Bearer {self.admin.token}"
        if "cookie" in schemes:
            made = stage.request(self.server.url, "POST", "/admin/v1/session",
                                 {"token": self.token()["token"]}).expect(200)
            headers["Cookie"] = made.headers["Set-Cookie"].split(";")[0]
            headers["Sec-Fetch-Site"] = "same-origin"
        if "Appid" in schemes:
            headers |= self.made.keys()
        if "AccessToken" in schemes:
            headers["Access-Token"] = self.user.token
        return headers


def nothing(_):
    return {}


PREPARE = {
    "createApp": lambda world: {"pushUrl": world.receiver.url},
    "listApps": World.app,
    "showApp": World.app,
    "changeApp": World.app_with_url,
    "removeApp": World.app,
    "rotateApp": World.app,
    "verifyPushUrl": World.app_with_url,
    "replayPushes": World.result,
    "createGrant": World.app,
    "removeGrant": World.grant,
    "authorize": World.grant,
    "listDevices": World.device,
    "importDevices": nothing,
    "putDevice": nothing,
    "changeDevice": World.device,
    "showDevice": World.device,
    "removeDevice": World.device,
    "refreshDevice": World.device,
    "renewDeviceToken": World.device,
    "putModel": nothing,
    "changeModel": nothing,
    "draftFirmware": nothing,
    "listFirmware": World.release,
    "showFirmware": World.release,
    "changeFirmware": World.draft,
    "discardFirmware": World.draft,
    "uploadFirmwareFile": lambda world: world.draft(file=False),
    "releaseFirmware": World.draft,
    "withdrawFirmware": World.release,
    "listUpgrades": World.upgrade,
    "showUpgrade": World.upgrade,
    "cancelUpgrade": World.upgrade,
    "createOrder": World.offer,
    "createRollout": World.release,
    "listRollouts": World.rollout,
    "previewRollout": World.draft,
    "showRollout": World.rollout,
    "changeRollout": World.rollout,
    "removeRollout": World.rollout,
    "submitRollout": World.rollout,
    "approveRollout": World.waiting_rollout,
    "denyRollout": World.waiting_rollout,
    "startRollout": World.rollout,
    "pauseRollout": lambda world: world.rollout("start"),
    "resumeRollout": lambda world: world.rollout("start", "pause"),
    "stopRollout": lambda world: world.rollout("start"),
    "openNextWave": World.growing_rollout,
    "previewOfRollout": World.rollout,
    "listRolloutDevices": World.taken_place,
    "showRolloutTimeline": World.rollout,
    "listPushes": World.result,
    "showPush": World.result,
    "replayPush": World.result,
    "listGrants": World.grant,
    "showDeviceTimeline": World.upgrade,
    "listModels": World.device,
    "showModel": World.device,
    "listOrders": World.upgrade,
    "showOrder": World.upgrade,
    "cancelOrder": World.upgrade,
    "testPush": World.app_with_url,
    "showSystem": nothing,
    "showMe": nothing,
    "signIn": World.token,
    "signOut": nothing,
    "createOperator": World.no_operator,
    "listOperators": World.operator,
    "showOperator": World.operator,
    "changeOperator": World.operator,
    "removeOperator": World.operator,
    "createOperatorToken": World.operator,
    "listOperatorTokens": World.token,
    "removeOperatorToken": World.token,
    "listAudit": World.operator,
    "explainDevice": World.offer,
    "placeHold": World.no_hold,
    "listHolds": World.hold,
    "liftHold": World.hold,
    "showDevicePolicy": World.device,
    "setDevicePolicy": World.device,
    "showUserPolicy": World.device,
    "setUserPolicy": World.device,
    "queryPolicy": World.offer,
    "setPolicy": World.offer,
    "healthz": nothing,
    "readyz": nothing,
    "metrics": nothing,
    "openapi": nothing,
    "queryFirmware": World.offer,
    "queryFirmwareSelected": World.offer,
    "upgradeFirmware": World.offer,
    "upgradeFirmwareSelected": World.offer,
    "upgradeHistory": World.offer,
    "queryUpgrade": World.upgrade,
    "cancelOwnUpgrade": World.upgrade,
    "accessGet": World.app,
    "accessRefresh": World.account,
    "accessToken": World.code,
}
