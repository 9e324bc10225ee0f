"""Helpers for the journeys of the open API."""
import json
import types

import pytest

import stage

QUERY = "/open/ota/query/firmware"
QUERY_ONE = "/open/ota/query/firmware/selected"
ORDER = "/open/ota/upgrade/firmware"
ORDER_ONE = "/open/ota/upgrade/firmware/selected"
HISTORY = "/open/ota/query/firmware/upgrade/history"
RUNNING = "/open/ota/query/upgrade"
CANCEL = "/open/ota/upgrade/cancel"
GET = "/open/account/access/get"
REFRESH = "/open/account/access/refresh"

FOR_A_USER = [QUERY, QUERY_ONE, ORDER, ORDER_ONE, HISTORY, RUNNING, CANCEL]
OF_A_DEVICE = [QUERY_ONE, ORDER_ONE, CANCEL, HISTORY, RUNNING]
NEED_A_DID = [QUERY_ONE, ORDER_ONE, CANCEL]

MODEL, OLD, NEW = "sensor-a", "1.0.0", "1.1.0"


@pytest.fixture(scope="module")
def cast(shared_server):
    """Alice has a device with an offer and one without. Bob has a device. One device has no user."""
    server = shared_server
    release = server.publish(MODEL, NEW, b"x" * 1234, updateLog='Says "hello".\n你好',
                             releaseDate="2026-11-20")
    app, other = server.app("app"), server.app("other")
    alice = app.grant("alice")
    bob = app.grant("bob")
    server.device("a-2", MODEL, OLD, "alice", name="客厅")
    server.device("a-1", MODEL, NEW, "alice")
    server.device("b-1", MODEL, OLD, "bob")
    server.device("free", MODEL, OLD)
    return types.SimpleNamespace(server=server, app=app, other=other, alice=alice, bob=bob,
                                 release=release)


def envelope(answer):
    """(code, result) of a response, after a check of its form."""
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["X-Request-Id"]
    pairs = json.loads(answer.body, object_pairs_hook=list)
    assert [name for name, _ in pairs] == ["code", "result"], answer.body
    code, result = pairs[0][1], answer.json()["result"]
    assert type(code) is int
    assert code == 0 or (isinstance(result, str) and result), answer.body
    return code, result


def code_of(answer, status=200):
    assert answer.status == status, answer.body
    return envelope(answer)[0]


def post(cast, path, body=None, headers=None):
    """`body` as bytes is sent as it is."""
    return stage.request(cast.server.url, "POST", path, body, headers)
