"""What is revoked ends at once: large orders, lists, pushes and their replay. Honest apps notice nothing."""
import json
import socket
import threading
import urllib.parse

import open_stage
import stage

DEVICES = 12_000
MODEL = "lumen-a19"


def crowd(server, app, count=DEVICES):
    """A user of the app with many devices that can be upgraded."""
    user = app.grant("crowd")
    lines = [json.dumps({"did": f"d-{number:05d}", "deviceModel": MODEL, "firmwareVersion": "1.0",
                         "openId": "crowd"}) for number in range(count)]
    # In several calls, so that none takes longer than a call may on a busy machine.
    for start in range(0, count, 10_000):
        part = lines[start:start + 10_000]
        answer = server.admin.post("/devices/import", "\n".join(part).encode()).expect(200).json()
        assert answer["imported"] == len(part)
    server.publish(MODEL, "2.0")
    return user


def active(server, did):
    return server.admin.get(f"/devices/{did}").expect(200).json()["activeUpgradeId"]


def revoke(server, app, open_id):
    server.admin.delete(f"/apps/{app.appid}/grants/{open_id}").expect(204)


def waiting(server, app):
    """The types of the app's messages that are not delivered."""
    path = f"/pushes?appid={app.appid}&state=pending"
    return {push["msgType"] for push in server.admin.get(path).expect(200).json()["items"]}


def test_a_large_order_ends_between_its_parts(server):
    app, honest = server.app("app"), server.app("honest")
    user = crowd(server, app)
    answers = []
    ordering = threading.Thread(target=lambda: answers.append(user.upgrade()), daemon=True)
    ordering.start()
    stage.wait_until(lambda: active(server, "d-00000"), "the first part")
    revoke(server, app, "crowd")
    # The honest app of the same user is served, and its order is not that of the revoked app.
    code, offers = honest.grant("crowd").query_one(f"d-{DEVICES - 1:05d}")
    assert code == 0 and len(offers) == 1
    ordering.join(stage.PATIENCE)
    assert answers and answers[0][0] == 805, "the large order was over too soon to be of use"
    assert not active(server, f"d-{DEVICES - 1:05d}")
    opened = server.admin.get(f"/upgrades/{active(server, 'd-00000')}").expect(200).json()
    count = len(server.admin.every(f"/upgrades?orderId={opened['orderId']}"))
    assert 0 < count < DEVICES and count % 1_000 == 0
    # Neither a restart nor a new grant brings the rest of it back.
    server.stop()
    server.start()
    code, order = app.grant("crowd").upgrade_one(f"d-{DEVICES - 1:05d}")
    assert code == 0 and order != opened["orderId"]
    assert len(server.admin.every(f"/upgrades?orderId={opened['orderId']}")) == count


def slow_list(server, user):
    """A connection on which the list of the user's offers was asked for, and not read yet."""
    address = urllib.parse.urlsplit(server.url)
    link = socket.create_connection((address.hostname, address.port), stage.PATIENCE)
    fields = "".join(f"{name}: {value}\r\n" for name, value in user.headers().items())
    link.sendall(f"POST {open_stage.QUERY} HTTP/1.1\r\nHost: x\r\n{fields}Content-Length: 2\r\n\r\n{{}}"
                 .encode())
    return link


def everything(link):
    """All bytes until the connection is closed, or the list has ended."""
    text = b""
    while True:
        piece = link.recv(1 << 20)
        text += piece
        if not piece or text.endswith(b"0\r\n\r\n"):
            return text


def test_a_list_ends_between_its_parts(server):
    app, honest = server.app("app"), server.app("honest")
    user = crowd(server, app, 40_000)
    theirs = honest.grant("crowd")
    with slow_list(server, user) as link, slow_list(server, theirs) as honest_link:
        start = link.recv(1)  # The list has begun; more of it than sockets hold is not read yet.
        assert start == b"H"
        assert honest_link.recv(1) == b"H"
        revoke(server, app, "crowd")
        cut = everything(link)
        assert not cut.endswith(b"0\r\n\r\n") and cut.count(b'"did"') < 40_000
        whole = everything(honest_link)
        assert whole.endswith(b"0\r\n\r\n") and whole.count(b'"did"') == 40_000


def test_pushes_end_and_are_not_replayed(start_server, receiver):
    server = start_server(config={"push": {"retry_schedule": ["200ms"], "suspend_after": 1_000}})
    with stage.Receiver() as honest_receiver:
        app = server.app("app", pushUrl=receiver.url)
        honest = server.app("honest", pushUrl=honest_receiver.url)
        user = app.grant("alice")
        honest.grant("alice")
        app.wait_until_verified()
        honest.wait_until_verified()
        server.publish(MODEL, "2.0")
        server.device("first", MODEL, "1.0", "alice")
        assert user.upgrade_one("first")[0] == 0 and user.cancel("first")[0] == 0
        receiver.wait_for_type("ota_upgrade_result", "first")

        receiver.behave = lambda push: (503, b"", {})
        device = server.device("lamp", MODEL, "1.0", "alice")
        assert user.upgrade_one("lamp")[0] == 0
        deployment = device.wait_for_deployment()
        receiver.wait_for_type("ota_upgrade_progress", "lamp")
        finished = stage.wait_until(lambda: [
            push["webhookId"] for push in
            server.admin.get(f"/pushes?appid={app.appid}&state=delivered").expect(200).json()["items"]
            if push["msgType"] != "ota_upgrade_progress"], "a delivered result")
        revoke(server, app, "alice")
        stage.wait_until(lambda: waiting(server, app) == set(), "the end of the waiting messages")
        receiver.behave = None
        known = len(receiver.pushes)
        # The upgrade goes on, and the honest app hears of it.
        device.install(deployment)
        honest_receiver.wait_for_type("ota_upgrade_result", "lamp")
        assert waiting(server, app) == set()
        assert receiver.pushes[known:] == []

        for webhook_id in finished:
            answer = server.admin.post(f"/pushes/{webhook_id}/replay").expect(409).json()
            assert "grant" in answer["detail"]
        span = {"since": "2020-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z"}
        path = f"/apps/{app.appid}/push/replay"
        assert server.admin.post(path, span).expect(202).json() == {"replayed": 0}
        # Given again, the grant brings new messages only.
        app.grant("alice")
        server.device("new", MODEL, "1.0", "alice")
        receiver.wait_for_type("ota_new_firmware", "new")
        assert {push.body["did"] for push in receiver.pushes[known:]} == {"new"}


def test_a_device_that_changes_hands_leaves_one_result(start_server, receiver):
    server = start_server(config={"push": {"retry_schedule": ["200ms"], "suspend_after": 1_000}})
    app = server.app("app", pushUrl=receiver.url)
    user = app.grant("alice")
    app.grant("bob")
    app.wait_until_verified()
    server.publish(MODEL, "2.0")
    receiver.behave = lambda push: (503, b"", {})
    device = server.device("lamp", MODEL, "1.0", "alice")
    receiver.wait_for_type("ota_new_firmware", "lamp")
    assert user.upgrade_one("lamp")[0] == 0
    device.wait_for_deployment()
    server.admin.patch("/devices/lamp", {"openId": "carol"}).expect(200)
    # The notice about the device, and its progress, are gone; only the result is left.
    stage.wait_until(lambda: waiting(server, app) == {"ota_upgrade_result"}, "the result alone")
    known = len(receiver.pushes)
    receiver.behave = None
    stage.wait_until(lambda: waiting(server, app) == set(), "its delivery")
    after = [push.body for push in receiver.pushes[known:]]
    assert after and all(body == after[0] for body in after)
    assert (after[0]["msgType"], after[0]["cause"]) == ("ota_upgrade_result", "unbound")


def test_a_disabled_app_is_sent_nothing(start_server, receiver):
    server = start_server()
    app = server.app("app", pushUrl=receiver.url)
    user = app.grant("alice")
    app.wait_until_verified()
    server.publish(MODEL, "2.0")
    server.device("lamp", MODEL, "1.0", "alice")
    receiver.wait_for_type("ota_new_firmware", "lamp")
    (told,) = server.admin.get(f"/pushes?appid={app.appid}").expect(200).json()["items"]
    server.admin.patch(f"/apps/{app.appid}", {"disabled": True}).expect(200)
    assert user.upgrade()[0] == 801
    server.device("other", MODEL, "1.0", "alice")
    answer = server.admin.post(f"/pushes/{told['webhookId']}/replay").expect(409).json()
    assert "disabled" in answer["detail"]
    server.admin.patch(f"/apps/{app.appid}", {"disabled": False}).expect(200)
    server.device("third", MODEL, "1.0", "alice")
    receiver.wait_for_type("ota_new_firmware", "third")
    assert not receiver.bodies(did="other"), "what happened while it was disabled is not told"
