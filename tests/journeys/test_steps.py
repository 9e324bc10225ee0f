"""Steps: firmware that installs only on the version before it."""
import pytest

import stage

MODEL = "lamp"


@pytest.fixture
def cast(server, receiver):
    """A user's device on A, and releases for the steps A to B, B to C and C to D."""
    app = server.app("app", pushUrl=receiver.url)
    user = app.grant("alice")
    device = server.device("lamp-1", MODEL, "A", "alice")
    app.wait_until_verified()
    for before, after in ("AB", "BC", "CD"):
        server.publish(MODEL, after, f"firmware {after}".encode(), requiresVersion=[before])
    return app, user, device


def order_through(user, did="lamp-1"):
    code, order = user.call("/open/ota/upgrade/firmware/selected", did=did, through=True)
    assert code == 0, order
    return order


def course(upgrades):
    return [(one["fromVersion"] + one["firmwareVersion"], one["state"]) for one in upgrades]


def test_one_order_takes_a_device_all_the_way(server, receiver, cast):
    _, user, device = cast
    order = order_through(user)
    assert device.install() == b"firmware B"
    assert course(user.running(orderId=order)[1]) == [("AB", "succeeded"), ("BC", "queued")]
    assert user.upgrade_one("lamp-1") == (0, order)
    server.kill()
    server.start()
    assert device.install() == b"firmware C"
    assert device.install() == b"firmware D"
    assert device.deployment() is None
    steps = [("AB", "succeeded"), ("BC", "succeeded"), ("CD", "succeeded")]
    assert course(user.running(orderId=order)[1]) == steps
    assert course(user.running(orderId=order, did="lamp-1")[1]) == steps
    listed = server.admin.get(f"/upgrades?orderId={order}").expect(200).json()["items"]
    assert course(listed) == steps[::-1]
    assert len({one["id"] for one in listed}) == 3
    history = user.history(orderId=order)[1]
    assert [entry["firmwareVersion"] for entry in history] == ["D", "C", "B"]
    assert {(entry["orderId"], entry["upgradeResult"]) for entry in history} == {(order, "1")}

    def told():  # One result for each step, although a crash may cause a second sending.
        results = {push.id: push.body["firmwareVersion"] for push in list(receiver.pushes)
                   if push.body.get("msgType") == "ota_upgrade_result"}
        return list(results.values())
    stage.wait_until(lambda: len(told()) == 3, "three results")
    assert told() == ["B", "C", "D"]
    assert user.upgrade_one("lamp-1")[0] == 901


def test_without_through_each_step_is_an_order_of_its_own(cast):
    _, user, device = cast
    orders = []
    for version in "BCD":
        orders.append(user.upgrade_one("lamp-1")[1])
        device.install()
        assert device.deployment() is None
        history = user.history()[1]
        assert (history[0]["firmwareVersion"], history[0]["orderId"]) == (version, orders[-1])
    assert len(set(orders)) == 3
    assert user.upgrade_one("lamp-1")[0] == 901


def test_a_failure_ends_the_way(cast):
    _, user, device = cast
    order = order_through(user)
    device.install()
    device.install(finished="failure", details=["no space left on device"])
    assert device.deployment() is None
    assert course(user.running(orderId=order)[1]) == [("AB", "succeeded"), ("BC", "failed")]
    assert user.query()[1][0]["firmwareVersion"] == "B"


def test_a_cancel_and_a_withdrawal_end_the_way(server, cast):
    _, user, device = cast
    order = order_through(user)
    device.install()
    assert user.cancel("lamp-1") == (0, order)
    assert device.deployment() is None
    again = order_through(user)
    device.install()
    last = next(one for one in server.admin.get("/firmware").json()["items"]
                if one["firmwareVersion"] == "D")
    server.admin.post(f"/firmware/{last['id']}/withdraw").expect(200)
    assert device.deployment() is None
    assert course(user.running(orderId=again)[1]) == [("BC", "succeeded"), ("CD", "cancelled")]
    assert user.history(orderId=again)[1][0]["cause"] == "withdrawn"


def test_everything_may_go_all_the_way_at_once(server, cast):
    _, user, device = cast
    other = server.device("lamp-2", MODEL, "C", "alice")
    code, order = user.call("/open/ota/upgrade/firmware", through=True)
    assert code == 0
    other.install()
    device.install()
    assert course(user.running(orderId=order)[1]) == [
        ("AB", "succeeded"), ("CD", "succeeded"), ("BC", "queued")]


def test_an_operator_orders_all_the_way(server, cast):
    _, _, device = cast
    made = server.admin.post("/orders", {"dids": ["lamp-1"], "through": True}).expect(201).json()
    device.install()
    waiting = stage.wait_until(device.deployment, "the next step")
    listed = server.admin.get(f"/upgrades?orderId={made['orderId']}").json()["items"]
    assert waiting["id"] == str(listed[0]["id"])
    newest = server.admin.get("/firmware").json()["items"][0]["id"]
    refused = server.admin.post("/orders", {"dids": ["lamp-1"], "through": True,
                                            "firmwareId": newest}).expect(422)
    assert "through" in refused.json()["detail"]


@pytest.mark.parametrize("through", ["true", 1, [], {}])
def test_through_is_true_or_false(cast, through):
    _, user, _ = cast
    assert user.call("/open/ota/upgrade/firmware", through=through)[0] == 302
    assert user.call("/open/ota/upgrade/firmware/selected", did="lamp-1", through=through)[0] == 302
    # The member is ignored where it has no meaning.
    assert user.call("/open/ota/query/firmware", through=through)[0] == 0
    assert user.running() == (0, [])


def test_a_fallback_is_shown_and_offered_again(server, cast):
    _, user, device = cast
    order = user.upgrade_one("lamp-1")[1]
    device.install()
    shown = server.admin.get("/devices/lamp-1").expect(200).json()
    assert shown["firmwareVersion"] == "B" and "fallback" not in shown
    device.tell(firmwareVersion="A").expect(200)
    shown = server.admin.get("/devices/lamp-1").expect(200).json()
    upgrade = server.admin.get(f"/upgrades?orderId={order}").json()["items"][0]
    alone = server.admin.get(f"/upgrades/{upgrade['id']}").expect(200).json()
    assert alone["state"] == "succeeded"
    last = alone["timeline"][-1]
    assert last["text"] == "the device fell back: it reports version A"
    assert shown["firmwareVersion"] == "A"
    assert shown["fallback"] == {"at": last["at"], "upgradeId": upgrade["id"], "firmwareVersion": "B"}
    assert user.query()[1][0]["upgradeFirmware"]["firmwareVersion"] == "B"
    # After the second upgrade the device keeps the version.
    assert user.upgrade_one("lamp-1")[0] == 0
    device.install()
    assert "fallback" not in server.admin.get("/devices/lamp-1").expect(200).json()
