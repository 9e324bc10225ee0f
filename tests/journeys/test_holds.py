"""The stop button: holds, availability, bulk cancel, and the way back."""
import pytest

import stage
from operator_stage import client

MODEL = "lamp"


@pytest.fixture
def cast(server):
    app = server.app("app")
    user = app.grant("alice")
    devices = [server.device(f"lamp-{n}", MODEL, "1.0", "alice") for n in (1, 2, 3)]
    return user, devices


def hold(server, **members):
    return server.admin.post("/holds", {"note": "a bad day", **members}).expect(201).json()


def offered(user):
    return [(one["did"], one["upgradeFirmware"]["firmwareVersion"]) for one in user.query()[1]]


def test_a_hold_stops_everything_it_covers_and_nothing_else(server, cast):
    user, devices = cast
    server.publish(MODEL, "2.0")
    second = server.publish(MODEL, "3.0")["id"]
    assert user.upgrade_one("lamp-1")[0] == 0
    running = devices[1]
    assert user.upgrade_one("lamp-2")[0] == 0
    deployment = running.deployment()
    placed = hold(server, firmwareId=second)
    assert placed["by"] == "admin" and placed["deviceModel"] is None and placed["firmwareId"] == second
    # Offered and ordered is what would be without it.
    assert {version for _, version in offered(user)} == {"2.0"}
    # What is queued waits, what runs goes on.
    assert devices[0].deployment() is None
    running.install(deployment)
    assert server.admin.get("/devices/lamp-2").json()["firmwareVersion"] == "3.0"
    assert server.admin.get("/holds").expect(200).json()["items"] == [placed]
    server.admin.delete(f"/holds/{placed['id']}").expect(204)
    server.admin.delete(f"/holds/{placed['id']}").expect(404)
    devices[0].install()
    assert offered(user) == [("lamp-3", "3.0")]


def test_a_hold_of_a_model_and_of_everything(server, cast):
    user, _ = cast
    server.publish(MODEL, "2.0")
    server.publish("fan", "2.0")
    server.device("fan-1", "fan", "1.0", "alice")
    of_model = hold(server, deviceModel=MODEL)
    assert offered(user) == [("fan-1", "2.0")]
    assert user.upgrade_one("lamp-1")[0] == 901
    of_all = hold(server)
    assert offered(user) == []
    assert user.upgrade()[0] == 901
    refused = server.admin.post("/orders", {"dids": ["fan-1"]}).expect(201).json()["refused"]
    assert [one["code"] for one in refused] == [901]
    for one in (of_model, of_all):
        server.admin.delete(f"/holds/{one['id']}").expect(204)
    assert len(offered(user)) == 4


def test_a_hold_outlives_the_server(server, cast):
    user, _ = cast
    server.publish(MODEL, "2.0")
    hold(server)
    server.kill()
    server.start()
    assert offered(user) == []


@pytest.mark.parametrize("body, field", [
    ({}, "note"), ({"note": ""}, "note"), ({"note": "n" * 1025}, "note"), ({"note": "n", "firmwareId": "99991"}, "firmwareId"),
    ({"note": "n", "deviceModel": ""}, "deviceModel"), ({"note": "n", "firmwareId": {}}, "firmwareId")])
def test_a_hold_that_says_nothing_clear_is_refused(server, body, field):
    answer = server.admin.post("/holds", body).expect(422)
    assert field in answer.json()["detail"]
    assert server.admin.get("/holds").json()["items"] == []


def test_apps_hear_of_what_was_held_when_it_is_lifted(server, receiver):
    app = server.app("app", pushUrl=receiver.url)
    app.grant("alice")
    server.device("lamp-1", MODEL, "1.0", "alice")
    app.wait_until_verified()

    def told():
        return [push.body["upgradeFirmware"]["firmwareVersion"] for push in list(receiver.pushes)
                if push.body.get("msgType") == "ota_new_firmware"]
    placed = hold(server)
    server.publish(MODEL, "2.0")
    server.publish("fan", "2.0")
    server.admin.delete(f"/holds/{placed['id']}").expect(204)
    stage.wait_until(lambda: told() == ["2.0"], "the notice")


def test_availability_takes_a_release_back_from_everybody(server, cast):
    user, devices = cast
    first = server.publish(MODEL, "2.0")["id"]
    second = server.publish(MODEL, "3.0")["id"]
    shown = server.admin.get(f"/firmware/{second}").json()
    assert shown["availability"] == "everyone"
    draft = server.admin.post("/firmware", {"deviceModel": MODEL, "firmwareVersion": "9"}).expect(201).json()
    assert draft["availability"] is None
    server.admin.patch(f"/firmware/{draft['id']}", {"availability": "nobody"}).expect(409)
    for wrong in ("rollout", "some", 1, None):
        server.admin.patch(f"/firmware/{second}", {"availability": wrong}).expect(422)
    assert user.upgrade_one("lamp-1")[0] == 0
    changed = server.admin.patch(f"/firmware/{second}", {"availability": "nobody"}).expect(200).json()
    assert changed["availability"] == "nobody"
    assert {version for _, version in offered(user)} == {"2.0"}
    assert devices[0].deployment() is None
    server.admin.patch(f"/firmware/{second}", {"availability": "everyone"}).expect(200)
    assert {version for _, version in offered(user)} == {"3.0"}
    devices[0].install()
    server.admin.post(f"/firmware/{first}/withdraw").expect(200)
    server.admin.patch(f"/firmware/{first}", {"availability": "everyone"}).expect(409)


def states(server, order):
    listed = server.admin.get(f"/upgrades?orderId={order}").expect(200).json()["items"]
    return {one["did"]: one["state"] for one in listed}


def three_states(user, devices):
    """An order whose upgrades are queued, downloading and installing."""
    code, order = user.upgrade()
    assert code == 0
    downloading = devices[1].deployment()
    devices[1].report(downloading["id"], "download")
    installing = devices[2].deployment()
    devices[2].download(installing).expect(200)
    devices[2].report(installing["id"], "downloaded").expect(200)
    devices[2].report(installing["id"], "proceeding").expect(200)
    return order


@pytest.mark.parametrize("scope, ended, asked, after", [
    (None, 1, 0, ["cancelled", "downloading", "installing"]),
    ("queued", 1, 0, ["cancelled", "downloading", "installing"]),
    ("not_started", 1, 1, ["cancelled", "cancelling", "installing"]),
    ("all", 1, 2, ["cancelled", "cancelling", "cancelling"])])
def test_an_order_is_cancelled_as_far_as_is_wanted(server, cast, scope, ended, asked, after):
    user, devices = cast
    server.publish(MODEL, "2.0")
    order = three_states(user, devices)
    body = {} if scope is None else {"cancel": scope}
    stopped = server.admin.post(f"/orders/{order}/cancel", body).expect(200).json()
    assert stopped == {"ended": ended, "asked": asked}
    assert states(server, order) == dict(zip(["lamp-1", "lamp-2", "lamp-3"], after))
    # Again: nothing is left to stop.
    assert server.admin.post(f"/orders/{order}/cancel", body).json() == {"ended": 0, "asked": 0}


def test_a_cancelled_order_takes_no_further_step(server, cast):
    user, devices = cast
    server.publish(MODEL, "2.0")
    server.publish(MODEL, "3.0", requiresVersion=["2.0"])
    code, order = user.call("/open/ota/upgrade/firmware/selected", did="lamp-1", through=True)
    assert code == 0
    deployment = devices[0].deployment()
    assert server.admin.post(f"/orders/{order}/cancel").expect(200).json() == {"ended": 0, "asked": 0}
    devices[0].install(deployment)
    assert devices[0].deployment() is None
    assert [one["state"] for one in user.running(orderId=order)[1]] == ["succeeded"]


def test_cancelling_an_order_names_what_is_wrong(server):
    server.admin.post("/orders/none/cancel").expect(404)
    answer = server.admin.post("/orders/none/cancel", {"cancel": "some"}).expect(422)
    assert "cancel" in answer.json()["detail"]


@pytest.mark.parametrize("scope, ended, asked, after", [
    (None, 1, 0, ["cancelled", "downloading", "installing"]),
    ("not_started", 1, 1, ["cancelled", "cancelling", "installing"]),
    ("all", 1, 2, ["cancelled", "cancelling", "cancelling"])])
def test_a_withdrawal_stops_as_much_as_is_wanted(server, cast, scope, ended, asked, after):
    user, devices = cast
    firmware = server.publish(MODEL, "2.0")["id"]
    order = three_states(user, devices)
    body = {} if scope is None else {"cancel": scope}
    withdrawn = server.admin.post(f"/firmware/{firmware}/withdraw", body).expect(200).json()
    assert (withdrawn["state"], withdrawn["ended"], withdrawn["asked"]) == ("withdrawn", ended, asked)
    stage.wait_until(
        lambda: states(server, order) == dict(zip(["lamp-1", "lamp-2", "lamp-3"], after)), "the states")
    server.admin.post(f"/firmware/{firmware}/withdraw", {"cancel": 1}).expect(422)


def order_back(server, dids, firmware, **members):
    return server.admin.post("/orders", {"dids": dids, "firmwareId": firmware, "allowOlder": True, **members})


def test_the_way_back_and_forward_again(server, cast):
    user, devices = cast
    good = server.publish(MODEL, "2.0", b"good")["id"]
    bad = server.publish(MODEL, "3.0", b"bad")["id"]
    assert user.upgrade_one("lamp-1")[0] == 0
    devices[0].install()
    plain = server.admin.post("/orders", {"dids": ["lamp-1"], "firmwareId": good}).expect(201).json()
    assert [one["code"] for one in plain["refused"]] == [901]
    assert order_back(server, ["lamp-1"], good).expect(201).json()["started"] == 1
    assert devices[0].install() == b"good"
    shown = server.admin.get("/devices/lamp-1").json()
    assert (shown["firmwareVersion"], shown["offersAfter"]) == ("2.0", bad)
    # Neither queried nor ordered, for one device or all; the other devices are not concerned.
    assert offered(user) == [("lamp-2", "3.0"), ("lamp-3", "3.0")]
    assert user.query_one("lamp-1") == (0, [])
    assert user.upgrade_one("lamp-1")[0] == 901
    code, order = user.upgrade()
    assert code == 0 and set(states(server, order)) == {"lamp-2", "lamp-3"}
    answer = server.admin.get("/devices/lamp-1/why").json()
    assert (answer["reason"], answer["firmwareId"]) == ("offers_after", bad)
    server.publish(MODEL, "3.1", b"mended")
    assert user.upgrade_one("lamp-1")[0] == 0
    assert devices[0].install() == b"mended"


def test_the_way_back_ends_when_an_operator_says_so(server, cast):
    user, devices = cast
    good = server.publish(MODEL, "2.0")["id"]
    server.publish(MODEL, "3.0")
    order_back(server, ["lamp-1"], good).expect(201)
    devices[0].install()
    assert user.query_one("lamp-1") == (0, [])
    answer = server.admin.patch("/devices/lamp-1", {"offersAfter": good}).expect(422)
    assert "offersAfter" in answer.json()["detail"]
    shown = server.admin.patch("/devices/lamp-1", {"offersAfter": None}).expect(200).json()
    assert shown["offersAfter"] is None
    assert user.query_one("lamp-1")[1][0]["upgradeFirmware"]["firmwareVersion"] == "3.0"


def test_the_same_release_can_be_installed_again_on_the_way_back(server, cast):
    user, devices = cast
    firmware = server.publish(MODEL, "2.0", b"bytes")["id"]
    assert user.upgrade_one("lamp-1")[0] == 0
    devices[0].install()
    order_back(server, ["lamp-1"], firmware).expect(201)
    assert devices[0].install() == b"bytes"
    assert [one["upgradeResult"] for one in user.history()[1]] == ["1", "1"]


def test_the_way_back_needs_a_released_firmware_of_the_model(server, cast):
    _, _ = cast
    firmware = server.publish(MODEL, "2.0")["id"]
    other = server.publish("fan", "2.0")["id"]
    assert "allowOlder" in server.admin.post(
        "/orders", {"dids": ["lamp-1"], "allowOlder": True}).expect(422).json()["detail"]
    order_back(server, ["lamp-1"], other).expect(422)
    hold(server)
    refused = order_back(server, ["lamp-1"], firmware).expect(201).json()["refused"]
    assert [one["code"] for one in refused] == [901]
    server.admin.post(f"/firmware/{firmware}/withdraw").expect(200)
    order_back(server, ["lamp-1"], firmware).expect(422)


def test_the_way_back_and_a_forced_order_need_the_role_releaser(server, cast):
    _, _ = cast
    firmware = server.publish(MODEL, "2.0")["id"]
    support = client(server, "sue", "support")
    for member in ("allowOlder", "force"):
        order = {"dids": ["lamp-1"], "firmwareId": firmware, member: True}
        assert member in support.post("/orders", order).expect(403).json()["detail"]
    assert server.admin.every("/upgrades") == []
    releaser = client(server, "rita", "releaser")
    assert releaser.post("/orders", order).expect(201).json()["started"] == 1
