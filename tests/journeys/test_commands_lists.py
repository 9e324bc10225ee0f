"""Lists, their filters and what they show from the command line, against the real server."""
import datetime
import json

from test_commands import Operator


def dids(answer):
    return [device["did"] for device in answer["items"]]


def put(operator, did, *more, model="lamp", version="1.0"):
    operator.plain("device", "put", did, "--model", model, "--firmware-version", version, *more)


def test_devices_are_found_by_every_filter(server):
    operator = Operator(server)
    put(operator, "lamp-1", "--open-id", "alice", "--tags", "berlin,beta")
    put(operator, "lamp-2", "--gateway-did", "lamp-1", version="1.1")
    put(operator, "plug-1", model="plug")
    server.publish("lamp", "2.0")
    operator.plain("order", "create", "lamp-1")
    for words, found in ((["--model", "lamp"], ["lamp-1", "lamp-2"]), (["--open-id", "alice"], ["lamp-1"]),
                         (["--gateway-did", "lamp-1"], ["lamp-2"]), (["--version", "1.1"], ["lamp-2"]),
                         (["--tag", "beta"], ["lamp-1"]), (["--q", "plug"], ["plug-1"]),
                         (["-q", "lamp-"], ["lamp-1", "lamp-2"]), (["--active", "true"], ["lamp-1"]),
                         (["--seen", "silent", "--model", "plug"], ["plug-1"]), (["--tag", "none"], [])):
        assert sorted(dids(operator.json("device", "list", *words))) == found, words
    assert "422" in operator.plain("device", "list", "--seen", "yesterday", status=1).stderr
    lines = operator.plain("device", "list", "--all", "--limit", "1", "--json").stdout.splitlines()
    assert sorted(json.loads(line)["did"] for line in lines) == ["lamp-1", "lamp-2", "plug-1"]
    operator.plain("device", "set", "lamp-1", "--no-tags")
    assert operator.json("device", "show", "lamp-1")["tags"] == []


def test_models_are_listed_whether_declared_or_not(server):
    operator = Operator(server)
    operator.plain("model", "set", "lamp", "--display-name", "Lamp")
    put(operator, "plug-1", model="plug")
    server.publish("lamp", "2.0")
    listed = {model["deviceModel"]: model for model in operator.json("model", "list")["items"]}
    assert listed["lamp"]["declared"] is True and listed["lamp"]["newestVersion"] == "2.0"
    assert listed["plug"]["declared"] is False
    assert operator.json("model", "show", "lamp")["displayName"] == "Lamp"
    assert operator.json("model", "patch", "lamp", "--upgradable", "false")["upgradable"] is False


def test_orders_upgrades_and_grants_are_listed(server):
    operator = Operator(server)
    app = server.app()
    app.grant("alice")
    put(operator, "lamp-1", "--open-id", "alice")
    release = server.publish("lamp", "2.0")
    order = operator.json("order", "create", "lamp-1")["orderId"]
    [listed] = operator.json("order", "list")["items"]
    assert listed["orderId"] == order and listed["counts"]["queued"] == 1
    assert operator.json("order", "show", order)["orderId"] == order
    now = datetime.datetime.now(datetime.timezone.utc)
    hour_ago = (now - datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for words, found in ((["--firmware-id", release["id"]], 1), (["--open-id", "alice"], 1),
                         (["--since", hour_ago], 1), (["--until", hour_ago], 0), (["--cause", "expired"], 0)):
        assert len(operator.json("upgrade", "list", *words)["items"]) == found, words
    [grant] = operator.json("app", "grants", app.appid)["items"]
    assert grant["openId"] == "alice" and grant["createdAt"]
    assert operator.json("push", "list", "--msg-type", "ota_upgrade_result")["items"] == []
    assert operator.json("push", "list", "--since", hour_ago, "--until", hour_ago)["items"] == []


def test_the_timeline_of_a_device_is_a_table(server):
    operator = Operator(server)
    put(operator, "lamp-1")
    server.publish("lamp", "2.0")
    operator.plain("order", "create", "lamp-1")
    head, *lines = operator.plain("device", "timeline", "lamp-1").stdout.splitlines()
    assert head.split()[:3] == ["at", "kind", "text"] and lines
    assert all(item["at"] for item in operator.json("device", "timeline", "lamp-1")["items"])
