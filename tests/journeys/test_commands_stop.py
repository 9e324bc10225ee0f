"""Holds, bulk cancel and why a device gets nothing, from the command line, against the real server."""
from test_commands import Operator


def test_a_hold_stops_a_model_and_says_so(server):
    operator = Operator(server)
    for did in ("lamp-1", "lamp-2"):
        operator.plain("device", "put", did, "--model", "lamp", "--firmware-version", "1.0")
    release = server.publish("lamp", "2.0")
    hold = operator.json("hold", "create", "it burns", "--model", "lamp")
    assert hold["deviceModel"] == "lamp" and hold["firmwareId"] is None and hold["note"] == "it burns"
    assert [one["id"] for one in operator.json("hold", "list")["items"]] == [hold["id"]]
    why = operator.json("device", "why", "lamp-1", "--firmware-id", release["id"])
    assert why["reason"] == "held" and why["offered"] is False
    shown = operator.plain("device", "why", "lamp-1").stdout
    assert "held" in shown and "checks\n" in shown
    refused = operator.json("order", "create", "lamp-1", status=1)
    assert refused["started"] == 0 and refused["refused"][0]["code"] == 901
    operator.plain("hold", "remove", str(hold["id"]))
    assert operator.json("hold", "list")["items"] == []
    assert operator.json("order", "create", "lamp-1")["started"] == 1


def test_an_order_is_cancelled_as_a_whole(server):
    operator = Operator(server)
    for did in ("lamp-1", "lamp-2"):
        operator.plain("device", "put", did, "--model", "lamp", "--firmware-version", "1.0")
    server.publish("lamp", "2.0")
    order = operator.json("order", "create", "lamp-1", "lamp-2")["orderId"]
    assert operator.json("order", "cancel", order, "--cancel", "all") == {"ended": 2, "asked": 0}
    assert operator.json("order", "cancel", order)["ended"] == 0
    assert "422" in operator.plain("order", "cancel", order, "--cancel", "some", status=1).stderr


def test_the_way_back_is_a_flag(server):
    operator = Operator(server)
    old = server.publish("lamp", "1.0")
    server.publish("lamp", "2.0")
    operator.plain("device", "put", "lamp-1", "--model", "lamp", "--firmware-version", "2.0")
    words = ["order", "create", "lamp-1", "--firmware-id", old["id"]]
    assert operator.json(*words, status=1)["started"] == 0
    assert operator.json(*words, "--allow-older", "--force")["started"] == 1
    operator.plain("device", "set", "lamp-1", "--no-offers-after")
    assert operator.json("device", "show", "lamp-1")["offersAfter"] is None
