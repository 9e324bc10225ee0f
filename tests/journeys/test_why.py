"""Why not, and why not yet: the reasons that operators and apps are given are what happens."""
import pytest

import stage

MODEL = "lamp"
REASONS = [
    "no_release", "not_upgradable", "already_on_version", "newer_version", "offers_after", "needs_stepping_stone",
    "not_in_audience", "excluded", "held", "halted", "availability_nobody", "paused", "wave_not_yet", "no_room", "rate",
    "retry_later", "policy_off", "window", "upgrade_hours", "gateway_turn", "active_upgrade", "device_deferred",
    "not_polled", "not_ordered"]


@pytest.fixture
def cast(server):
    app = server.app("app")
    user = app.grant("alice")
    device = server.device("lamp-1", MODEL, "1.0", "alice")
    return user, device


def why(server, did="lamp-1", firmware=None, headers=None):
    path = f"/devices/{did}/why" + (f"?firmwareId={firmware}" if firmware else "")
    answer = server.admin.get(path, headers=headers).expect(200).json()
    assert list(answer) == ["did", "firmwareId", "offered", "reason", "since", "next", "text", "checks"]
    assert [check["reason"] for check in answer["checks"]] == REASONS
    holding = [check["reason"] for check in answer["checks"] if check["holds"]]
    assert answer["reason"] == (holding[0] if holding else None)
    return answer


def waiting_for(server, user, did="lamp-1"):
    """What both APIs say, which is the same."""
    shown = server.admin.get(f"/devices/{did}").expect(200).json()
    upgrade = server.admin.get(f"/upgrades/{shown['activeUpgradeId']}").expect(200).json()
    running = user.running(did=did)[1][0]
    held = upgrade["waitingFor"]
    assert ("waitingFor" in running) == (held is not None)
    if held is None:
        return None
    assert running["waitingFor"]["reason"] == held["reason"]
    assert isinstance(running["waitingFor"]["since"], int)
    return held["reason"]


def test_a_device_is_followed_from_no_release_to_its_upgrade(server, cast):
    user, device = cast
    answer = why(server)
    assert (answer["firmwareId"], answer["offered"], answer["reason"]) == (None, False, "no_release")
    firmware = server.publish(MODEL, "2.0")["id"]
    answer = why(server)
    assert (answer["firmwareId"], answer["offered"], answer["reason"]) == (firmware, True, "not_polled")
    device.poll()
    stage.wait_until(lambda: why(server)["reason"] == "not_ordered", "the poll is known")
    assert user.upgrade_one("lamp-1")[0] == 0
    assert why(server)["reason"] == "active_upgrade"
    assert waiting_for(server, user) == "not_polled"
    device.poll()
    stage.wait_until(lambda: waiting_for(server, user) is None, "the poll is known")
    device.install()
    assert why(server)["reason"] == "already_on_version"


def test_each_reason_of_a_release_is_named(server, cast):
    _, device = cast
    device.poll()
    old = server.publish(MODEL, "1.0")["id"]
    middle = server.publish(MODEL, "2.0")["id"]
    stone = server.publish(MODEL, "3.0", requiresVersion=["2.0"])["id"]
    assert why(server, firmware=old)["reason"] == "already_on_version"
    assert why(server, firmware=stone)["reason"] == "needs_stepping_stone"
    assert why(server, firmware=middle)["offered"]
    newest = server.publish(MODEL, "4.0")["id"]
    assert why(server, firmware=middle)["reason"] == "newer_version"
    server.admin.post(f"/firmware/{newest}/withdraw").expect(200)
    assert why(server, firmware=newest)["reason"] == "no_release"
    assert why(server)["firmwareId"] == stone
    other = server.publish("fan", "1.0")["id"]
    assert why(server, firmware=other)["reason"] == "no_release"
    server.admin.put(f"/models/{MODEL}", {"upgradable": False}).expect(200)
    assert why(server, firmware=middle)["reason"] == "not_upgradable"


def test_a_sub_device_waits_for_its_turn_and_says_so(server, cast):
    user, _ = cast
    server.publish(MODEL, "2.0")
    hub = server.device("hub", MODEL, "1.0", "alice")
    sub = server.device("sub", MODEL, "1.0", "alice", gatewayDid="hub")
    assert user.upgrade_one("hub")[0] == 0
    assert user.upgrade_one("sub")[0] == 0
    hub.poll()
    sub.poll()
    assert waiting_for(server, user, "sub") == "gateway_turn"
    assert why(server, "sub")["reason"] == "gateway_turn"
    hub.install()
    assert sub.wait_for_deployment()


def test_texts_are_in_the_language_of_the_caller(server, cast):
    english = why(server)["text"]
    chinese = why(server, headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"})["text"]
    assert english == "The firmware is not released, or it was withdrawn."
    assert chinese == "该固件尚未发布，或已被撤回。"


def test_what_does_not_exist_is_named(server, cast):
    server.admin.get("/devices/nobody/why").expect(404)
    server.admin.get("/devices/lamp-1/why?firmwareId=99991").expect(404)
    answer = server.admin.get("/devices/lamp-1/why?firmwareId=x").expect(422)
    assert "firmwareId" in answer.json()["detail"]


def test_upgrades_say_what_started_them(server, cast):
    user, device = cast
    server.publish(MODEL, "2.0")
    assert user.upgrade_one("lamp-1")[0] == 0
    server.device("lamp-2", MODEL, "1.0", "alice")
    server.admin.post("/orders", {"dids": ["lamp-2"]}).expect(201)
    listed = server.admin.get("/upgrades").expect(200).json()["items"]
    assert {one["did"]: one["origin"] for one in listed} == {"lamp-1": "user", "lamp-2": "operator"}
    assert [one["waitingFor"] for one in listed] == [None, None]
    assert [one["rolloutId"] for one in listed] == [None, None]
