"""What end users want for their devices: automatic upgrades, and the hours in which they may start."""
import datetime

import pytest

import stage

MODEL = "lamp"


@pytest.fixture
def cast(server):
    app = server.app("app")
    user = app.grant("alice")
    device = server.device("lamp-1", MODEL, "1.0", "alice")
    return user, device


def setting(user, **members):
    return user.call("/open/ota/set/policy", **members)


def policies(user, **members):
    code, result = user.call("/open/ota/query/policy", **members)
    assert code == 0, result
    return result


def hours(begin, length=60):
    """Hours in UTC that begin so many minutes from now."""
    now = datetime.datetime.now(datetime.timezone.utc)
    first = now + datetime.timedelta(minutes=begin)
    last = first + datetime.timedelta(minutes=length)
    return f"{first:%H:%M}-{last:%H:%M}"


def test_values_are_inherited_and_go_back(server, cast):
    user, _ = cast
    system = {"did": "", "autoUpgrade": "", "upgradeHours": "", "timeZone": "+08:00", "source": "system"}
    assert policies(user) == [system]
    assert policies(user, did="lamp-1") == [{**system, "did": "lamp-1"}]
    assert setting(user, autoUpgrade="1", upgradeHours="22:00-06:00", timeZone="Europe/Berlin") == (0, "ok")
    default = {"did": "", "autoUpgrade": "1", "upgradeHours": "22:00-06:00", "timeZone": "Europe/Berlin",
               "source": "user"}
    assert policies(user) == [default]
    assert setting(user, did="lamp-1", autoUpgrade="0") == (0, "ok")
    own = {**default, "did": "lamp-1", "autoUpgrade": "0", "source": "device"}
    assert policies(user) == [default, own]
    assert policies(user, did="lamp-1") == [own]
    # Absent members stay; an empty text goes back to what is inherited.
    assert setting(user, upgradeHours="") == (0, "ok")
    assert policies(user)[0] == {**default, "upgradeHours": ""}
    assert setting(user, did="lamp-1", autoUpgrade="") == (0, "ok")
    assert policies(user) == [{**default, "upgradeHours": ""}]


@pytest.mark.parametrize("members", [
    {"autoUpgrade": "yes"}, {"autoUpgrade": 1}, {"upgradeHours": "02:00-02:00"}, {"upgradeHours": "02:00-02:29"},
    {"upgradeHours": "2:00-3:00"}, {"timeZone": "Mars/Phobos"}, {"timeZone": "+15:00"}, {"did": 7}])
def test_what_is_malformed_changes_nothing(server, cast, members):
    user, _ = cast
    before = policies(user)
    assert setting(user, **{"autoUpgrade": "1", **members})[0] == 302
    assert policies(user) == before


def test_devices_of_others_do_not_exist(server, cast):
    user, _ = cast
    server.device("hers", MODEL, "1.0", "bob")
    for did in ("hers", "none"):
        assert user.call("/open/ota/query/policy", did=did)[0] == 604
        assert setting(user, did=did, autoUpgrade="1")[0] == 604


def test_operators_see_and_set_the_same(server, cast):
    user, _ = cast
    assert server.admin.put("/users/alice/policy", {"autoUpgrade": "1"}).expect(200).json() == "ok"
    assert server.admin.put("/devices/lamp-1/policy", {"timeZone": "-03:30"}).expect(200).json() == "ok"
    assert server.admin.get("/users/alice/policy").expect(200).json() == policies(user)
    assert server.admin.get("/devices/lamp-1/policy").expect(200).json() == policies(user, did="lamp-1")
    server.admin.put("/devices/lamp-1/policy", {"autoUpgrade": "2"}).expect(422)
    server.admin.get("/devices/none/policy").expect(404)
    server.admin.put("/devices/none/policy", {}).expect(404)
    server.admin.get("/users/none/policy").expect(404)


def test_a_policy_ends_with_the_user_and_follows_a_first_binding(server, cast):
    user, _ = cast
    assert setting(user, did="lamp-1", autoUpgrade="1") == (0, "ok")
    server.admin.patch("/devices/lamp-1", {"openId": None}).expect(200)
    assert server.admin.get("/devices/lamp-1/policy").json()[0]["autoUpgrade"] == ""
    server.admin.put("/devices/lamp-1/policy", {"autoUpgrade": "0"}).expect(200)
    server.admin.patch("/devices/lamp-1", {"openId": "alice"}).expect(200)
    assert policies(user, did="lamp-1")[0]["autoUpgrade"] == "0"


def test_what_is_offered_starts_by_itself_once(server, cast):
    user, device = cast
    assert setting(user, autoUpgrade="1") == (0, "ok")
    assert device.deployment() is None
    server.publish(MODEL, "2.0", b"new")
    assert device.install(finished="failure", details=["broken"]) == b"new"
    upgrade = server.admin.get("/upgrades?did=lamp-1").json()["items"][0]
    assert (upgrade["origin"], upgrade["state"]) == ("auto", "failed")
    assert [one["orderId"] for one in user.history()[1]] == [upgrade["orderId"]]
    assert device.deployment() is None
    server.publish(MODEL, "3.0", b"newer")
    assert device.install() == b"newer"
    orders = {one["orderId"] for one in server.admin.get("/upgrades?did=lamp-1").json()["items"]}
    assert len(orders) == 2
    assert orders.isdisjoint(one["orderId"] for one in server.admin.get("/orders").json()["items"])
    order = server.admin.get(f"/orders/{upgrade['orderId']}").json()
    assert (order["origin"], order["by"], order["openId"]) == ("auto", None, upgrade["openId"])
    assert (order["firmwareId"], order["counts"]) == (upgrade["firmwareId"], {"failed": 1})


def test_nothing_starts_by_itself_when_the_user_does_not_want_it(server, cast):
    user, device = cast
    server.publish(MODEL, "2.0")
    for decision in ("", "0"):
        assert setting(user, autoUpgrade=decision) == (0, "ok")
        assert device.deployment() is None
    device.poll()
    stage.wait_until(lambda: server.admin.get("/devices/lamp-1/why").json()["reason"] == "policy_off", "the reason")
    # The user's own order starts all the same.
    assert user.upgrade_one("lamp-1")[0] == 0
    device.install()


def test_operators_orders_and_automatic_ones_keep_to_the_users_hours(server, cast):
    user, device = cast
    server.publish(MODEL, "2.0")
    assert setting(user, autoUpgrade="1", upgradeHours=hours(begin=120), timeZone="+00:00") == (0, "ok")
    assert device.deployment() is None
    answer = server.admin.get("/devices/lamp-1/why").json()
    assert answer["reason"] == "upgrade_hours" and answer["next"] is not None
    server.admin.post("/orders", {"dids": ["lamp-1"]}).expect(201)
    assert device.deployment() is None
    waiting = user.running()[1][0]["waitingFor"]
    assert waiting["reason"] == "upgrade_hours" and waiting["next"] > waiting["since"]
    assert setting(user, upgradeHours=hours(begin=-10)) == (0, "ok")
    device.install()


def test_force_does_not_wait_for_the_hours(server, cast):
    user, device = cast
    server.publish(MODEL, "2.0")
    assert setting(user, upgradeHours=hours(begin=120), timeZone="+00:00") == (0, "ok")
    server.admin.post("/orders", {"dids": ["lamp-1"], "force": True}).expect(201)
    device.install()


def test_the_operator_chooses_the_zone_and_a_wrong_one_is_named(start_server, tmp_path):
    server = start_server({"server": {"time_zone": "America/St_Johns"}})
    user = server.app("app").grant("alice")
    assert policies(user)[0]["timeZone"] == "America/St_Johns"
