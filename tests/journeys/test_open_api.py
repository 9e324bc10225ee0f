"""The open API as a table of requests: responses, order of checks, and what a response must not tell."""
import json
import re

import pytest

import stage
from open_stage import (QUERY, ORDER_ONE, GET, REFRESH, FOR_A_USER, OF_A_DEVICE, NEED_A_DID,
                        MODEL, OLD, NEW, cast, envelope, code_of, post)  # noqa: F401


# ---------------------------------------------------------------------------------------------
# What is listed


def test_a_query_lists_what_can_be_upgraded(cast):
    element = {"did": "a-2", "name": "客厅", "deviceModel": MODEL, "firmwareVersion": OLD,
               "upgradeFirmware": {"firmwareVersion": NEW, "fileSize": "1234",
                                   "updateLog": 'Says "hello".\n你好', "releaseDate": "2026-11-20"}}
    assert cast.alice.query() == (0, [element])
    assert cast.alice.query_one("a-2") == (0, [element])
    assert cast.alice.query_one("a-1") == (0, [])
    raw = cast.alice.raw(QUERY).body
    order = [b'"did"', b'"name"', b'"deviceModel"', b'"firmwareVersion"', b'"upgradeFirmware"',
             b'"fileSize"', b'"updateLog"', b'"releaseDate"']
    places = [raw.index(name) for name in order]
    assert places == sorted(places)


def test_a_long_list_is_complete_and_in_order(cast):
    dids = [f"many-{n:04}" for n in range(1201)]
    lines = "".join(json.dumps({"did": did, "deviceModel": MODEL, "firmwareVersion": OLD,
                                "openId": "carol"}) + "\n" for did in reversed(dids))
    imported = cast.server.admin.post("/devices/import", lines.encode()).expect(200).json()
    assert imported["imported"] == len(dids), imported
    carol = cast.app.grant("carol")
    answer = carol.raw(QUERY)
    code, result = envelope(answer)
    assert code == 0 and [one["did"] for one in result] == dids
    assert answer.headers.get("Transfer-Encoding") == "chunked"

    code, order = carol.upgrade()
    assert code == 0
    code, running = carol.running()
    assert code == 0 and sorted(one["did"] for one in running) == dids
    assert carol.running(orderId=order) == (0, running)
    assert {(one["state"], one["progress"], one["orderId"]) for one in running} == {
        ("queued", 0, order)}


# ---------------------------------------------------------------------------------------------
# The caller


def strangers(cast):
    app, other = cast.app, cast.other
    return {
        "no Appid": {"Appid": None}, "no Appkey": {"Appkey": None},
        "neither": {"Appid": None, "Appkey": None}, "empty": {"Appid": "", "Appkey": ""},
        "unknown": {"Appid": "0" * 24}, "wrong key": {"Appkey": "x" * 32},
        "another's key": {"Appkey": other.appkey}, "another's id": {"Appid": other.appid},
        "upper case": {"Appid": app.appid.upper() + "X"}, "long": {"Appid": "0" * 4000},
    }


@pytest.mark.parametrize("path", FOR_A_USER + [GET, REFRESH])
def test_strangers_are_refused_alike(cast, path):
    bodies = set()
    for what, headers in strangers(cast).items():
        answer = cast.alice.raw(path, {}, headers, source=stage.own_address())
        assert code_of(answer) == 801, what
        bodies.add(answer.body)
    assert len(bodies) == 1


def test_a_disabled_app_is_a_stranger(cast):
    app = cast.server.app("to be disabled")
    user = app.grant("dora")
    assert user.query() == (0, [])
    cast.server.admin.call("PATCH", f"/apps/{app.appid}", {"disabled": True}).expect(200)
    refused = user.raw(QUERY)
    assert code_of(refused) == 801
    assert refused.body == user.raw(QUERY, headers={"Appid": "0" * 24}).body
    cast.server.admin.call("PATCH", f"/apps/{app.appid}", {"disabled": False}).expect(200)
    assert user.query() == (0, [])


def test_an_app_without_upgrades_keeps_its_tokens(cast):
    app = cast.server.app("without ota")
    user = app.sign_in("someone")
    cast.server.admin.call("PATCH", f"/apps/{app.appid}", {"otaEnabled": False}).expect(200)
    for path in FOR_A_USER:
        assert code_of(user.raw(path, {}, {"Access-Token": "nonsense"})) == 802
    assert app.sign_in("someone").open_id == user.open_id


@pytest.mark.parametrize("path", FOR_A_USER)
def test_tokens_of_others_are_refused(cast, path):
    theirs = cast.other.grant("alice")
    for token in (None, "", "nonsense", theirs.token, cast.alice.refresh_token, "x" * 3000):
        answer = cast.alice.raw(path, {}, {"Access-Token": token}, source=stage.own_address())
        assert code_of(answer) == 805, token


@pytest.mark.parametrize("path", FOR_A_USER)
def test_the_token_names_the_user(cast, path):
    did = {"did": "a-1"}
    good = [({"Openid": None}, did), ({"Openid": ""}, did), ({}, {"openId": "", **did}),
            ({}, {"openId": "alice", **did}), ({}, {"openId": None, **did})]
    for headers, body in good:
        assert code_of(cast.alice.raw(path, body, headers)) not in (302, 403, 604), (headers, body)
    assert code_of(cast.alice.raw(path, did, {"Openid": "bob"})) == 403
    assert code_of(cast.alice.raw(path, did, {"Openid": "Alice"})) == 403
    assert code_of(cast.alice.raw(path, {"openId": "bob", **did})) == 403
    assert code_of(cast.alice.raw(path, {"openId": 1, **did})) == 302


def test_header_names_match_in_any_case_and_a_missing_content_type_is_json(cast):
    sent = {"APPID": cast.app.appid, "appkey": cast.app.appkey, "access-TOKEN": cast.alice.token,
            "Content-Type": ""}
    assert code_of(post(cast, QUERY, b"{}", sent)) == 0
    assert code_of(post(cast, QUERY, b"{}", {**sent, "Content-Type": "text/plain"})) == 0
    assert code_of(post(cast, QUERY, None, sent)) == 0


def head_of(cast, path, *more):
    fields = [f"POST {path} HTTP/1.1", "Host: x", f"Appid: {cast.app.appid}",
              f"Appkey: {cast.app.appkey}", f"Access-Token: {cast.alice.token}", *more]
    return "\r\n".join(fields).encode() + b"\r\n\r\n"


@pytest.mark.parametrize("field", ["Appid", "appkey", "Access-Token", "Host", "Content-Length",
                                   "Openid", "Authorization"])
def test_who_calls_is_said_once(cast, field):
    values = {"Appid": cast.app.appid, "appkey": cast.app.appkey,
              "Access-Token": cast.alice.token, "Host": "x", "Content-Length": "2"}
    value = values.get(field, "alice")
    twice = [f"{field}: {value}"]
    if field in ("Openid", "Authorization", "Content-Length"):
        twice *= 2
    if field != "Content-Length":
        twice.append("Content-Length: 2")
    received = cast.server.raw(head_of(cast, QUERY, *twice) + b"{}")
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 "), received
    assert json.loads(body)["code"] == 302


# ---------------------------------------------------------------------------------------------
# Requests

BAD_BODIES = {
    "not JSON": b"{", "a list": b"[]", "a string": b'"x"', "white space": b"  ",
    "byte order mark": b"\xef\xbb\xbf{}", "bad UTF-8": b'{"x":"\xff"}',
    "lone surrogate": b'{"x":"\\ud800"}', "two values": b"{}{}", "comment": b"{}//",
    "too deep": b'{"x":' + b"[" * 32 + b"]" * 32 + b"}", "openId number": b'{"openId":7}',
    "openId twice": b'{"openId":"alice","openId":"alice"}', "openId with U+0000":
    b'{"openId":"alice\\u0000"}',
}


@pytest.mark.parametrize("path", FOR_A_USER)
@pytest.mark.parametrize("what", BAD_BODIES)
def test_a_body_that_cannot_be_read_is_refused(cast, path, what):
    assert code_of(cast.alice.raw(path, BAD_BODIES[what])) == 302


BAD_DIDS = ['""', "7", "[]", "true", '"%s"' % ("d" * 65), '"a-1\\u0000"', "1e400",
            '"a-1","did":"a-1"']


@pytest.mark.parametrize("path", OF_A_DEVICE)
@pytest.mark.parametrize("did", BAD_DIDS)
def test_a_did_is_text_of_1_to_64_bytes(cast, path, did):
    assert code_of(cast.alice.raw(path, b'{"did":%s}' % did.encode())) == 302


@pytest.mark.parametrize("path", NEED_A_DID)
@pytest.mark.parametrize("body", [b"", b"{}", b'{"did":null}', b'{"Did":"a-1"}'])
def test_a_did_is_needed(cast, path, body):
    assert code_of(cast.alice.raw(path, body)) == 302


@pytest.mark.parametrize("path", FOR_A_USER)
def test_unknown_members_are_ignored(cast, path):
    body = b'{"did":"a-1","x":1e400,"x":-1.5E+99999999999,"x":{"did":7},"y":"\\u0000"}'
    assert code_of(cast.alice.raw(path, body)) in (0, 901)


@pytest.mark.parametrize("path", OF_A_DEVICE)
def test_what_is_not_yours_is_not_there(cast, path):
    def said(did):
        answer = cast.alice.raw(path, {"did": did}, {"X-Request-Id": "same"})
        assert code_of(answer) == 604
        return answer.body, {k: v for k, v in answer.headers.items() if k != "Date"}
    absent = said("no-such-device")
    assert said("b-1") == absent
    assert said("free") == absent
    assert said("A-2") == absent


def test_the_first_failure_wins(cast):
    """A request with all faults; then the first fault is removed, and so on until the request is good."""
    good = {"path": ORDER_ONE, "method": "POST", "size": b"", "encoding": None, "app": None,
            "token": cast.alice.token, "header": "alice", "payload": "alice", "did": "a-2"}
    bare = cast.server.app("forbidden")
    cast.server.admin.call("PATCH", f"/apps/{bare.appid}", {"otaEnabled": False}).expect(200)
    faults = [
        ("path", "/open/ota/nothing", 404, 301), ("method", "PUT", 405, 304),
        ("size", b" " * 65536, 413, 302), ("encoding", "gzip", 415, 302),
        ("app", ("x", "y"), 200, 801), ("app", (bare.appid, bare.appkey), 200, 802),
        ("token", "nonsense", 200, 805), ("header", "bob", 200, 403), ("did", 7, 200, 302),
        ("payload", "bob", 200, 403), ("did", "b-1", 200, 604), ("did", "a-1", 200, 901),
    ]
    before = cast.alice.running()
    for first in range(len(faults)):
        request = dict(good)
        for name, value, _, _ in reversed(faults[first:]):
            request[name] = value
        appid, appkey = request["app"] or (cast.app.appid, cast.app.appkey)
        headers = {"Appid": appid, "Appkey": appkey, "Access-Token": request["token"],
                   "Openid": request["header"]}
        if request["encoding"]:
            headers["Content-Encoding"] = request["encoding"]
        body = json.dumps({"openId": request["payload"], "did": request["did"]}).encode()
        answer = stage.request(cast.server.url, request["method"], request["path"],
                               body + request["size"], headers)
        _, _, status, code = faults[first]
        assert code_of(answer, status) == code, (first, faults[first])
    assert cast.alice.running() == before, "a refused call did something"


# ---------------------------------------------------------------------------------------------
# Where HTTP itself is the problem


def test_other_paths_and_methods(cast):
    for path in ("/open", "/open/", "/open/ota/query/firmware/", "/open/ota//query/firmware",
                 "/open/ota/query/Firmware"):
        assert code_of(post(cast, path, b"{}"), 404) == 301, path
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        answer = stage.request(cast.server.url, method, QUERY)
        assert code_of(answer, 405) == 304
        assert answer.headers["Allow"] == "POST"


def test_a_body_may_have_64_kib(cast):
    def padded(size):
        return b'{"x":"' + b"y" * (size - 8) + b'"}'
    assert code_of(cast.alice.raw(QUERY, padded(65536))) == 0
    answer = cast.alice.raw(QUERY, padded(65537))
    assert code_of(answer, 413) == 302
    assert answer.headers["Connection"] == "close"


def test_an_encoded_body_is_refused(cast):
    answer = cast.alice.raw(QUERY, b"{}", {"Content-Encoding": "gzip"})
    assert code_of(answer, 415) == 302
    assert code_of(cast.alice.raw(QUERY, b"{}", {"Content-Encoding": "identity"})) == 0


def test_a_framing_error_has_the_envelope_everywhere(cast):
    for path in (QUERY, "/admin/v1/apps", "/DEFAULT/controller/v1/x", "/"):
        received = cast.server.raw(f"GET {path} HTTP/1.1\r\nno colon here\r\n\r\n".encode())
        head, _, body = received.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 400 "), received
        assert list(json.loads(body)) == ["code", "result"] and json.loads(body)["code"] == 302


def test_a_request_id_is_kept_when_it_is_one(cast):
    for given in ("a", "x" * 64, "A.b_c-9"):
        answer = cast.alice.raw(QUERY, headers={"X-Request-Id": given})
        assert answer.headers["X-Request-Id"] == given
    for given in ("x" * 65, "a b", "ü".encode().decode("latin-1"), "a/b"):
        answer = cast.alice.raw(QUERY, headers={"X-Request-Id": given})
        assert answer.headers["X-Request-Id"] not in ("", given)


def test_an_app_that_calls_too_often_is_told_to_wait(start_server):
    server = start_server({"limits": {"requests_per_second_per_app": 1, "burst_per_app": 3}})
    one, two = server.app("one"), server.app("two")
    user = one.grant("alice")
    answers = [user.raw(QUERY, b"not JSON", {"Access-Token": "nonsense"}) for _ in range(8)]
    refused = [answer for answer in answers if answer.status == 429]
    assert 3 <= len(answers) - len(refused) <= 6
    assert {code_of(answer) for answer in answers if answer.status != 429} == {805}
    assert {code_of(answer, 429) for answer in refused} == {104}
    assert {answer.headers["Retry-After"] for answer in refused} == {"1"}
    assert code_of(user.raw(QUERY, headers={"Appkey": "wrong"})) == 801
    assert two.grant("alice").query() == (0, [])


# ---------------------------------------------------------------------------------------------
# Orders


def test_there_may_be_nothing_to_upgrade(cast):
    cast.server.device("c-1", "unheard-of", "7", "chris")
    chris = cast.app.grant("chris")
    assert chris.query() == (0, [])
    assert chris.upgrade()[0] == 901
    assert chris.upgrade_one("c-1")[0] == 901
    assert chris.cancel("c-1")[0] == 901
    assert cast.app.grant("nobody").upgrade()[0] == 901


def test_a_model_may_be_declared_not_upgradable(cast):
    server = cast.server
    server.publish("fixed", NEW)
    server.device("f-1", "fixed", OLD, "fred")
    fred = cast.app.grant("fred")
    assert len(fred.query()[1]) == 1
    server.admin.put("/models/fixed", {"upgradable": False}).expect(200, 201)
    assert fred.query() == (0, [])
    assert fred.query_one("f-1") == (0, [])
    assert fred.upgrade()[0] == 901
    assert fred.upgrade_one("f-1")[0] == 912


def test_orders_can_be_repeated_cancelled_and_looked_at(cast):
    server = cast.server
    for n in (1, 2):
        server.device(f"g-{n}", MODEL, OLD, "gina", name=f"lamp {n}")
    gina, hal = cast.app.grant("gina"), cast.app.grant("hal")
    code, first = gina.upgrade_one("g-1")
    assert code == 0 and len(first) == 26
    assert gina.upgrade_one("g-1") == (0, first)
    code, second = gina.upgrade()
    assert code == 0 and second != first
    assert gina.upgrade() == (0, second)
    assert gina.upgrade_one("g-2") == (0, second)

    element = {"did": "g-1", "orderId": first, "fromVersion": OLD, "firmwareVersion": NEW,
               "state": "queued", "progress": 0}
    shown = gina.running(did="g-1")[1][0]
    element["waitingFor"] = {"reason": "not_polled", "since": shown["waitingFor"]["since"]}
    assert gina.running(did="g-1") == (0, [element])
    assert gina.running(orderId=first) == (0, [element])
    assert gina.running(orderId=first, did="g-2") == (0, [])
    assert gina.running(orderId="nothing") == (0, [])
    assert hal.running(orderId=first) == (0, [])
    assert len(gina.running()[1]) == 2 and gina.history() == (0, [])
    assert len(gina.query()[1]) == 2, "a device that is being upgraded stays listed"

    assert gina.cancel("g-1") == (0, first)
    assert gina.cancel("g-1")[0] == 901
    code, history = gina.history()
    assert code == 0 and len(history) == 1
    when = history[0]
    assert list(when) == ["did", "name", "deviceModel", "orderId", "fromVersion",
                          "firmwareVersion", "updateLog", "upgradeResult", "cause",
                          "upgradeDate", "upgradeTimeStamp", "startTimeStamp"]
    assert (when["did"], when["name"], when["orderId"]) == ("g-1", "lamp 1", first)
    assert (when["upgradeResult"], when["cause"]) == ("0", "cancelled")
    assert type(when["upgradeTimeStamp"]) is int and type(when["startTimeStamp"]) is int
    code, whole = gina.running(orderId=first)
    assert (whole[0]["state"], whole[0]["cause"]) == ("cancelled", "cancelled")

    for found, filters in [(1, {"did": "g-1"}), (0, {"did": "g-2"}), (1, {"orderId": first}),
                           (0, {"orderId": second}), (0, {"orderId": "x"}),
                           (1, {"startDate": when["upgradeDate"]}),
                           (1, {"endDate": when["upgradeDate"]}),
                           (0, {"endDate": "2026-01-01"}), (0, {"startDate": "9999-12-31"}),
                           (0, {"startCount": 1}), (0, {"endCount": 0}), (1, {"endCount": "1"}),
                           (1, {"startCount": 0.0, "endCount": 1e1}), (0, {"startCount": 10000})]:
        code, listed = gina.history(**filters)
        assert (code, len(listed)) == (0, found), filters
    assert hal.history(orderId=first) == (0, [])
    assert hal.history(did="g-1")[0] == 604
    assert hal.history(did="g-1", endCount=0)[0] == 604


@pytest.mark.parametrize("filters", [
    {"startDate": "2026-02-30"}, {"startDate": "20261123"}, {"endDate": 20261123},
    {"startDate": "2026-11-24", "endDate": "2026-11-23"}, {"startCount": -1},
    {"startCount": 2, "endCount": 1}, {"endCount": 101}, {"startCount": 9901, "endCount": 10001},
    {"startCount": "x"}, {"startCount": 1.5}, {"endCount": 10 ** 30}, {"orderId": 7},
])
def test_a_filter_that_makes_no_sense_is_refused(cast, filters):
    assert cast.alice.history(**filters)[0] == 302


# ---------------------------------------------------------------------------------------------
# The documents


@pytest.mark.parametrize("name", ["open-api.md", "open-api.zh-CN.md"])
def test_every_call_and_code_is_documented(name):
    text = (stage.ROOT / "docs" / name).read_text()
    for path in FOR_A_USER + [GET, REFRESH, "/access_token"]:
        assert f"[`{path}`](#" in text, path
        if path not in (GET, REFRESH, "/access_token"):
            assert f"\ncall {path} '" in text, f"no example of {path}"
    for code in (0, 104, 301, 302, 304, 403, 500, 604, 801, 802, 805, 806, 901, 912):
        assert f"\n| {code} |" in text, code
    headings = {line.lstrip("#").strip().lower().replace(" ", "-")
                for line in text.splitlines() if line.startswith("#")}
    for anchor in re.findall(r"\]\(#([^)]+)\)", text):
        assert anchor in headings, f"#{anchor} leads nowhere"
