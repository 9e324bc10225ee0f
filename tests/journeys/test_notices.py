"""Notices of new firmware to an app's backend, and of withdrawn firmware."""
import stage
from push_stage import a_user, ACCEPT, is_result, MODEL, push_of, push_server, upgraded  # noqa: F401


def test_new_firmware_is_told_once_for_each_device_and_version(server, receiver):
    app, _ = a_user(server, receiver)
    app.wait_until_verified()
    for n in range(5):
        server.device(f"lamp-{n}", MODEL, "1.0.0", "alice", name=f"Lamp {n}")
    server.device("stranger", MODEL, "1.0.0")
    release = server.publish(MODEL, "2.0.0", b"x" * 1234, updateLog="brighter")
    told = receiver.wait_for_type("ota_new_firmware", count=5)
    body = next(push.body for push in told if push.body["did"] == "lamp-3")
    assert body == {"msgType": "ota_new_firmware", "did": "lamp-3", "name": "Lamp 3",
                    "deviceModel": MODEL, "firmwareVersion": "1.0.0",
                    "upgradeFirmware": {"firmwareVersion": "2.0.0", "fileSize": "1234",
                                        "updateLog": "brighter",
                                        "releaseDate": release["releaseDate"]}}
    # A device that is bound again is not announced again. A device that is bound for the first time is.
    server.admin.patch("/devices/lamp-3", {"openId": None}).expect(200)
    server.admin.patch("/devices/lamp-3", {"openId": "alice"}).expect(200)
    server.admin.patch("/devices/stranger", {"openId": "alice"}).expect(200)
    receiver.wait_for_type("ota_new_firmware", "stranger")
    server.publish(MODEL, "3.0.0")
    receiver.wait_for(lambda push: "3.0.0" in push.raw.decode(), 6)
    versions = [(body["did"], body["upgradeFirmware"]["firmwareVersion"])
                for body in receiver.bodies("ota_new_firmware")]
    assert len(versions) == len(set(versions)) == 12


def test_a_receiver_that_was_down_hears_nothing_of_a_withdrawn_release(push_server, receiver):
    server = push_server(retry_schedule=["50ms"], suspend_after=1000)
    app, _ = a_user(server, receiver, pushEvents=["ota_new_firmware", "ota_firmware_withdrawn"])
    app.wait_until_verified()
    server.device("lamp-1", MODEL, "1.0.0", "alice")
    server.device("bulb-1", "bulb", "1.0.0", "alice")
    receiver.behave = lambda push: (503, b"", {})
    withdrawn = server.publish(MODEL, "2.0.0")
    server.publish("bulb", "2.0.0")
    receiver.wait_for_type("ota_new_firmware", "lamp-1")
    receiver.wait_for_type("ota_new_firmware", "bulb-1")
    server.admin.post(f"/firmware/{withdrawn['id']}/withdraw").expect(200)
    server.publish("bulb", "3.0.0")
    server.kill()
    count = len(receiver.pushes)
    receiver.behave = lambda push: ACCEPT
    server.start()
    receiver.wait_for(lambda push: b"3.0.0" in push.raw)
    server.device("lamp-1", MODEL, "1.0.0", "alice")  # As when it is bound again.
    stage.wait_until(lambda: not server.admin.every(f"/pushes?appid={app.appid}&state=pending"),
                     "all messages to be delivered or dropped")
    told = [(push.body["msgType"], push.body["did"]) for push in receiver.pushes[count:]]
    assert told == [("ota_new_firmware", "bulb-1")]


def test_a_withdrawal_is_told_to_who_subscribed_and_was_told(server, receiver):
    app, _ = a_user(server, receiver, pushEvents=["ota_new_firmware", "ota_firmware_withdrawn"])
    app.wait_until_verified()
    with stage.Receiver() as quiet:
        other = server.app("other", pushUrl=quiet.url)
        other.grant("alice")
        other.wait_until_verified()
        assert "ota_firmware_withdrawn" not in server.admin.get(f"/apps/{other.appid}").json()["pushEvents"]
        for n in range(3):
            server.device(f"lamp-{n}", MODEL, "1.0.0", "alice")
        release = server.publish(MODEL, "2.0.0")
        for told in (receiver, quiet):
            for push in told.wait_for_type("ota_new_firmware", count=3):
                stage.wait_until(lambda push=push: push_of(server, push.id)["state"] == "delivered",
                                 "the delivery to be recorded")
        for _ in range(2):
            server.admin.post(f"/firmware/{release['id']}/withdraw").expect(200)
        withdrawals = receiver.wait_for_type("ota_firmware_withdrawn", count=3)
        assert sorted(push.body["did"] for push in withdrawals) == ["lamp-0", "lamp-1", "lamp-2"]
        for push in withdrawals:
            assert list(push.body.items()) == [("msgType", "ota_firmware_withdrawn"),
                                               ("did", push.body["did"]), ("firmwareVersion", "2.0.0")]
            assert "updraft-order-id" not in push.headers and push.headers["updraft-event-time"]
            stage.wait_until(lambda push=push: push_of(server, push.id)["state"] == "delivered",
                             "the delivery to be recorded")
            assert push_of(server, push.id)["msgType"] == "ota_firmware_withdrawn"
        server.publish(MODEL, "3.0.0")
        for told in (receiver, quiet):
            told.wait_for(lambda push: b"3.0.0" in push.raw, 3)
        assert {body["msgType"] for body in quiet.bodies()} == {"ota_new_firmware"}
        assert len(receiver.bodies("ota_firmware_withdrawn")) == 3


def test_a_refused_notice_holds_up_no_result(push_server, receiver):
    server = push_server(suspend_after=1000)
    _, user = a_user(server, receiver)
    receiver.behave = lambda push: ((500, b"", {}) if b"ota_new_firmware" in push.raw else ACCEPT)
    server.publish(MODEL, "2.0.0")
    upgraded(server, user, "lamp-1")
    receiver.wait_for(is_result("lamp-1"))
