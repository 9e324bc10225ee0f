"""The main use case: notice, query, order, installation, progress and result, history."""
import time

import stage

OLD = "3.0.6_0015.0515"
NEW = "3.1.0_0021.0612"
MODEL = "climate-s"
CONTENT = bytes(range(256)) * 1024  # 256 KiB
LEAF = {"did": "thermo-1", "name": "Bedroom", "deviceModel": MODEL, "firmwareVersion": OLD}


def the_cast(server, receiver, content=CONTENT):
    """An app with a verified receiver, a user, and the user's device with an offer."""
    app = server.app("app", pushUrl=receiver.url)
    user = app.grant("alice")
    device = server.device("thermo-1", MODEL, OLD, "alice", name="Bedroom")
    release = server.publish(MODEL, NEW, content, updateLog="Learns when the window is open.")
    return app, user, device, release


def offer_of(release):
    return {"firmwareVersion": NEW, "fileSize": str(release["fileSize"]),
            "updateLog": "Learns when the window is open.", "releaseDate": release["releaseDate"]}


def progress_of(receiver, did="thermo-1"):
    return [body["progress"] for body in receiver.bodies("ota_upgrade_progress", did)]


def wait_for_history(user, **filters):
    def ended():
        code, result = user.history(**filters)
        assert code == 0, result
        return result
    return stage.wait_until(ended, "an ended upgrade in the history")


def test_from_the_notice_to_the_history(server, receiver):
    app, user, device, release = the_cast(server, receiver)

    # The notice.
    notice = receiver.wait_for_type("ota_new_firmware", "thermo-1")[0]
    assert notice.body == {"msgType": "ota_new_firmware", **LEAF, "upgradeFirmware": offer_of(release)}
    assert notice.headers["appid"] == app.appid and notice.headers["appkey"] == app.appkey
    assert stage.signature(app.push_secret, notice) in notice.headers["webhook-signature"].split()

    # Query.
    expected = {**LEAF, "upgradeFirmware": offer_of(release)}
    assert user.query() == (0, [expected])
    assert user.query_one("thermo-1") == (0, [expected])

    # Order; sending it again is safe.
    code, order = user.upgrade_one("thermo-1")
    assert code == 0 and len(order) == 26, order
    assert user.upgrade_one("thermo-1") == (0, order)
    assert user.upgrade() == (0, order)
    assert user.history() == (0, [])
    code, running = user.running()
    assert code == 0 and running[0].pop("waitingFor")["reason"] == "not_polled"
    assert running == [{"did": "thermo-1", "orderId": order, "fromVersion": OLD,
                        "firmwareVersion": NEW, "state": "queued", "progress": 0}]

    # The device.
    before = int(time.time())
    assert device.install(percents=(10, 60)) == CONTENT
    device.tell(firmwareVersion=NEW).expect(200)

    # Progress and result, in order, and exactly one result.
    result = receiver.wait_for_type("ota_upgrade_result", "thermo-1")[0]
    assert result.body == {"msgType": "ota_upgrade_result", "did": "thermo-1",
                           "firmwareVersion": NEW, "upgradeResult": "1"}
    progress = progress_of(receiver)
    assert progress and progress[0] == 0
    assert progress == sorted(progress) and progress[-1] <= 99
    told = [body for body in receiver.bodies(did="thermo-1") if body["msgType"] != "ota_new_firmware"]
    assert told[-1]["msgType"] == "ota_upgrade_result"

    # The history; there is no offer any more.
    history = wait_for_history(user)
    assert len(history) == 1
    entry = dict(history[0])
    ended, started = entry.pop("upgradeTimeStamp"), entry.pop("startTimeStamp")
    date = entry.pop("upgradeDate")
    assert entry == {"did": "thermo-1", "name": "Bedroom", "deviceModel": MODEL, "orderId": order,
                     "fromVersion": OLD, "firmwareVersion": NEW,
                     "updateLog": "Learns when the window is open.", "upgradeResult": "1"}
    assert before - 5 <= started <= ended <= time.time() + 5
    assert date == time.strftime("%Y-%m-%d", time.gmtime(ended + 8 * 3600))
    assert user.query() == (0, [])
    assert user.upgrade_one("thermo-1")[0] == 901
    assert user.running() == (0, [])
    assert server.admin.get("/devices/thermo-1").json()["firmwareVersion"] == NEW
    assert device.link("deploymentBase") is None


def test_a_failure_tells_its_cause(server, receiver):
    _, user, device, _ = the_cast(server, receiver)
    assert user.upgrade_one("thermo-1")[0] == 0
    device.install(finished="failure", details=["writing", "no space left on device"])
    result = receiver.wait_for_type("ota_upgrade_result", "thermo-1")[0].body
    assert result["upgradeResult"] == "0"
    assert result["cause"] == "no_space: no space left on device"
    history = wait_for_history(user)
    assert history[0]["upgradeResult"] == "0"
    assert history[0]["cause"] == result["cause"]
    # The device still runs the old version, and the upgrade can be ordered again.
    assert user.query_one("thermo-1")[1][0]["firmwareVersion"] == OLD
    code, second = user.upgrade_one("thermo-1")
    assert code == 0 and second != history[0]["orderId"]


def test_cancelled_before_the_device_knew(server, receiver):
    _, user, device, _ = the_cast(server, receiver)
    order = user.upgrade_one("thermo-1")[1]
    assert user.cancel("thermo-1") == (0, order)
    assert user.cancel("thermo-1")[0] == 901
    result = receiver.wait_for_type("ota_upgrade_result", "thermo-1")[0].body
    assert (result["upgradeResult"], result["cause"].split(":")[0]) == ("0", "cancelled")
    assert device.link("deploymentBase") is None
    assert wait_for_history(user)[0]["cause"].startswith("cancelled")
    assert progress_of(receiver) == []


def test_cancelled_while_the_device_works(server, receiver):
    _, user, device, _ = the_cast(server, receiver)
    order = user.upgrade_one("thermo-1")[1]
    deployment = device.wait_for_deployment()
    number = deployment["id"]
    device.report(number, "proceeding", progress=30).expect(200)
    assert user.cancel("thermo-1") == (0, order)
    assert user.running()[1][0]["state"] == "cancelling"
    cancel = device.link("cancelAction")
    assert device.call("GET", cancel).expect(200).json()["cancelAction"]["stopId"] == number
    device.report(number, "closed", "success", resource="cancelAction").expect(200)
    result = receiver.wait_for_type("ota_upgrade_result", "thermo-1")[0].body
    assert (result["upgradeResult"], result["cause"].split(":")[0]) == ("0", "cancelled")
    assert device.poll().get("_links", {}).keys() <= {"configData"}
    device.report(number, "proceeding").expect(410)


def test_users_do_not_see_each_other(server, receiver):
    app, alice, _, _ = the_cast(server, receiver)
    bob = app.grant("bob")
    shop = server.device("thermo-shop", MODEL, OLD, "bob")
    assert [element["did"] for element in alice.query()[1]] == ["thermo-1"]
    assert [element["did"] for element in bob.query()[1]] == ["thermo-shop"]
    # Another user's device and a device that does not exist get the same response.
    for call in (bob.query_one, bob.upgrade_one, bob.cancel):
        code, text = call("thermo-1")
        assert code == 604
        assert call("nowhere1") == (code, text.replace("thermo-1", "nowhere1"))
    assert bob.history(did="thermo-1")[0] == 604
    # Each user has one upgrade and does not see the other's.
    assert bob.upgrade()[0] == 0
    shop.install()
    wait_for_history(bob)
    assert alice.history() == (0, [])
    assert alice.running() == (0, [])
    receiver.wait_for_type("ota_upgrade_result", "thermo-shop")
    assert receiver.bodies("ota_upgrade_result", "thermo-1") == []


def test_two_apps_of_one_user_are_both_told(server, receiver):
    _, user, device, _ = the_cast(server, receiver)
    with stage.Receiver() as second:
        other = server.app("other", pushUrl=second.url)
        other.grant("alice")
        assert user.upgrade_one("thermo-1")[0] == 0
        device.install()
        first_told = receiver.wait_for_type("ota_upgrade_result", "thermo-1")[0]
        second_told = second.wait_for_type("ota_upgrade_result", "thermo-1")[0]
        assert first_told.body == second_told.body
        assert first_told.id != second_told.id
        assert second_told.headers["appid"] == other.appid


def test_a_crash_after_the_order_loses_nothing(server, receiver):
    _, user, device, _ = the_cast(server, receiver)
    order = user.upgrade_one("thermo-1")[1]
    server.kill()
    server.start()
    assert [element["orderId"] for element in user.running()[1]] == [order]
    assert user.upgrade_one("thermo-1") == (0, order)
    deployment = device.wait_for_deployment()
    device.report(deployment["id"], "proceeding", progress=40).expect(200)
    server.kill()
    server.start()
    assert user.running()[1][0]["progress"] == 40
    device.install(deployment, percents=(90,))
    server.kill()
    server.start()
    result = receiver.wait_for_type("ota_upgrade_result", "thermo-1")[0].body
    assert result["upgradeResult"] == "1"
    assert wait_for_history(user)[0]["orderId"] == order


def test_a_result_waits_for_a_receiver_that_is_down(server, receiver):
    _, user, device, _ = the_cast(server, receiver)
    receiver.wait_for_type("ota_new_firmware", "thermo-1")
    receiver.behave = lambda push: (500, b"", {})
    assert user.upgrade_one("thermo-1")[0] == 0
    device.install()
    first = receiver.wait_for_type("ota_upgrade_result", "thermo-1")[0]
    receiver.behave = None

    def delivered():
        page = server.admin.get("/pushes?did=thermo-1&state=delivered").expect(200).json()
        return [item for item in page["items"] if item["msgType"] == "ota_upgrade_result"]

    item = stage.wait_until(delivered, "the result to be delivered")[0]
    assert item["webhookId"] == first.id
    again = [push for push in receiver.pushes if push.id == first.id]
    assert len(again) >= 2 and {push.raw for push in again} == {first.raw}
