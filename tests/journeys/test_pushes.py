"""Pushes to an app's backend over real HTTP: order, repetition, verification and failures."""
import json
import os
import re
import subprocess
import time

import pytest
import stage
from push_stage import a_user, ACCEPT, is_result, MODEL, push_of, push_server, upgraded, wait_for_state  # noqa: F401


# ---------------------------------------------------------------------------------------------
# Verification


def test_a_url_is_verified_before_it_receives_anything(server, receiver):
    answers = iter([{"code": 0, "result": "wrong"}])
    receiver.echo = lambda text: next(answers, {"code": 0, "result": text})
    app, user = a_user(server, receiver)
    server.publish(MODEL, "2.0.0")
    upgraded(server, user, "lamp-1")
    receiver.wait_for(is_result())
    first, second = receiver.wait_for_verification(2)[:2]
    for push in (first, second):
        assert set(push.body) == {"echostr"} and push.body["echostr"]
        assert push.headers["appid"] == app.appid and push.headers["appkey"] == app.appkey
        assert stage.signature(app.push_secret, push) == push.headers["webhook-signature"]
    assert first.body["echostr"] != second.body["echostr"]
    # No message was lost, and none arrived before the second verification.
    assert receiver.pushes[0].at >= second.at
    receiver.wait_for_type("ota_new_firmware", "lamp-1")


def test_an_operator_can_verify_at_once(push_server, receiver):
    server = push_server(probe_after="10m")
    receiver.echo = lambda text: {"code": 7, "result": text}
    app, _ = a_user(server, receiver)
    wait_for_state(server, app, "failed")
    path = f"/apps/{app.appid}/push/verify"
    answer = server.admin.post(path).expect(200).json()
    assert answer["pushState"] == "failed" and "code" in answer["detail"]
    receiver.echo = lambda text: {"code": 0, "result": text}
    assert server.admin.post(path).expect(200).json() == {"pushState": "verified"}
    assert server.admin.get(f"/apps/{app.appid}").json()["pushState"] == "verified"
    none = server.app("none")
    server.admin.post(f"/apps/{none.appid}/push/verify").expect(409)
    server.admin.post("/apps/000000000000000000000000/push/verify").expect(404)


def test_addresses_that_are_not_public_are_not_connected_to(start_server, receiver):
    server = start_server(config={"push": {"allow_networks": []}})
    app = server.app("app", pushUrl=receiver.url)
    wait_for_state(server, app, "failed")
    verdict = server.admin.post(f"/apps/{app.appid}/push/verify").expect(200).json()
    assert verdict["pushState"] == "failed" and "not public" in verdict["detail"]
    assert "127.0.0.1" not in verdict["detail"]
    stage.wait_until(lambda: "127.0.0.1 is not a public address" in server.process.errors(), "the address")
    assert receiver.verifications == [] and receiver.pushes == []


@pytest.mark.parametrize("url", ["ftp://example.com/", "http://u:p@example.com/",
                                 "http://example.com/#x", "http://exam ple.com/", "", "example.com",
                                 "http://", "http://example.com:0/"])
def test_a_url_that_is_none_is_refused(shared_server, url):
    answer = shared_server.admin.post("/apps", {"name": "a", "pushUrl": url}).expect(422).json()
    assert "pushUrl" in answer["detail"]


# ---------------------------------------------------------------------------------------------
# Content and order


def test_bodies_and_headers_are_what_the_page_says(server, receiver):
    app, user = a_user(server, receiver)
    app.wait_until_verified()
    server.publish(MODEL, "2.0.0", updateLog="brighter")
    upgraded(server, user, "lamp-1", finished="failure", details=["no space left on device"])
    result = receiver.wait_for(is_result())[0]
    assert list(result.body.items()) == [
        ("msgType", "ota_upgrade_result"), ("did", "lamp-1"), ("firmwareVersion", "2.0.0"),
        ("upgradeResult", "0"), ("cause", "no_space: no space left on device")]
    progress = receiver.wait_for_type("ota_upgrade_progress")[0]
    assert list(progress.body) == ["msgType", "did", "firmwareVersion", "progress"]
    assert type(progress.body["progress"]) is int
    for push in receiver.pushes:
        assert push.headers["content-type"] == "application/json"
        assert push.headers["appid"] == app.appid and push.headers["appkey"] == app.appkey
        assert abs(int(push.headers["webhook-timestamp"]) - time.time()) < 60
        assert push.headers["webhook-signature"] == stage.signature(app.push_secret, push)
    assert len({push.id for push in receiver.pushes}) == len(receiver.pushes)


def test_headers_tell_when_it_happened_and_in_which_order(push_server, receiver):
    server = push_server(retry_schedule=["50ms"])
    app, user = a_user(server, receiver)
    app.wait_until_verified()
    server.publish(MODEL, "2.0.0")
    device = server.device("lamp-1", MODEL, "1.0.0", "alice")
    refusals = iter([(500, b"", {})] * 2)
    receiver.behave = lambda push: next(refusals, ACCEPT) if is_result()(push) else ACCEPT
    code, order = user.upgrade_one("lamp-1")
    assert code == 0
    device.install()
    results = receiver.wait_for(is_result("lamp-1"), 3)
    assert len({push.headers["updraft-event-time"] for push in results}) == 1
    for push in receiver.pushes:
        assert abs(int(push.headers["updraft-event-time"]) / 1000 - time.time()) < 60
        about_an_upgrade = push.body["msgType"] != "ota_new_firmware"
        assert push.headers.get("updraft-order-id") == (order if about_an_upgrade else None)


@pytest.mark.parametrize("answer", [b"\xef\xbb\xbf", b"\r\n", b"\xef\xbb\xbf\r\n "], ids=repr)
def test_an_answer_of_nothing_but_white_space_acknowledges(server, receiver, answer):
    app, user = a_user(server, receiver)
    app.wait_until_verified()
    receiver.behave = lambda push: (200, answer, {})
    server.publish(MODEL, "2.0.0")
    upgraded(server, user, "lamp-1")
    result = receiver.wait_for(is_result())[0]
    assert stage.wait_until(lambda: push_of(server, result.id)["state"] == "delivered", "the result")
    assert push_of(server, result.id)["attempts"] == 1


def test_each_device_is_told_of_in_order_while_some_answers_fail(server, receiver):
    _, user = a_user(server, receiver)
    server.publish(MODEL, "2.0.0")
    seen = {}

    def fail_first(push):
        seen[push.id] = seen.get(push.id, 0) + 1
        return (500, b"no", {}) if seen[push.id] == 1 else ACCEPT
    receiver.behave = fail_first
    dids = [f"lamp-{n}" for n in range(6)]
    for did in dids:
        upgraded(server, user, did)
    for did in dids:
        receiver.wait_for(is_result(did), 2)
    for did in dids:
        told = [push for push in receiver.pushes if push.body.get("did") == did
                and push.body["msgType"] != "ota_new_firmware"]
        results = [push for push in told if push.body["msgType"] == "ota_upgrade_result"]
        assert len({push.id for push in results}) == 1
        assert {push.raw for push in results} == {results[0].raw}
        first = told.index(results[0])
        figures = [push.body["progress"] for push in told[:first]]
        # A result that exists already is sent before progress that was refused.
        assert figures == sorted(figures) and (not figures or figures[-1] <= 99)
        assert all(push.id == results[0].id for push in told[first:])


def test_progress_comes_at_most_once_an_interval(push_server, receiver):
    server = push_server(progress_interval="1s")
    app, user = a_user(server, receiver)
    app.wait_until_verified()
    server.publish(MODEL, "2.0.0")
    device = server.device("lamp-1", MODEL, "1.0.0", "alice")
    user.upgrade_one("lamp-1")
    deployment = device.wait_for_deployment()
    device.download(deployment)
    device.report(deployment["id"], "downloaded")
    for percent in range(5, 95, 5):
        device.report(deployment["id"], "proceeding", progress=percent).expect(200)
    last = receiver.wait_for(lambda push: push.body.get("progress", 0) >= 90)[0]
    told = [push for push in receiver.pushes if "progress" in push.body]
    figures = [push.body["progress"] for push in told]
    assert figures == sorted(figures) and told[-1].id == last.id
    # A single message may have been delayed; all together cannot have been too early.
    assert len(told) <= told[-1].at - told[0].at + 2


def test_only_what_was_subscribed_is_told(server, receiver):
    _, user = a_user(server, receiver, pushEvents=["ota_upgrade_result"])
    server.publish(MODEL, "2.0.0")
    upgraded(server, user, "lamp-1")
    receiver.wait_for(is_result())
    assert {body["msgType"] for body in receiver.bodies()} == {"ota_upgrade_result"}


def test_only_apps_with_a_grant_are_told(server, receiver):
    _, user = a_user(server, receiver)
    with stage.Receiver() as foreign:
        other = server.app("other", pushUrl=foreign.url)
        other.grant("bob")
        other.wait_until_verified()
        server.publish(MODEL, "2.0.0")
        upgraded(server, user, "lamp-1")
        receiver.wait_for(is_result())
        assert foreign.pushes == []


def test_an_upgrade_that_never_began_is_told_of_too(server, receiver):
    _, user = a_user(server, receiver)
    server.publish(MODEL, "2.0.0")
    server.device("lamp-1", MODEL, "1.0.0", "alice")
    user.upgrade_one("lamp-1")
    user.cancel("lamp-1")
    result = receiver.wait_for(is_result("lamp-1"))[0].body
    assert result["upgradeResult"] == "0" and result["cause"].startswith("cancelled")
    user.upgrade_one("lamp-1")
    server.admin.patch("/devices/lamp-1", {"openId": None}).expect(200)
    causes = [push.body["cause"] for push in receiver.wait_for(is_result("lamp-1"), 2)]
    assert causes[1].startswith("unbound")


# ---------------------------------------------------------------------------------------------
# Failures


@pytest.mark.parametrize("answer", [
    (500, b"", {}), (404, b"{}", {}), (302, b"", {"Location": "/elsewhere"}),
    (200, b'{"code":1}', {}), (200, b"OK", {}), (200, b"x" * 70000, {}),
    (200, b'{"code":0}', {"X-Long": "x" * 40000}), "drop"],
    ids=["500", "404", "302", "code-1", "text", "endless", "huge-header", "dropped"])
def test_whatever_is_no_acknowledgement_is_tried_again(server, receiver, answer):
    _, user = a_user(server, receiver, pushEvents=["ota_upgrade_result"])
    attempts = []

    def refuse_twice(push):
        attempts.append(push.id)
        if len(attempts) > 2:
            return ACCEPT
        if answer == "drop":
            raise stage.Receiver.Drop
        return answer
    receiver.behave = refuse_twice
    server.publish(MODEL, "2.0.0")
    upgraded(server, user, "lamp-1")
    pushes = receiver.wait_for(is_result(), 3)
    assert len({push.id for push in pushes}) == 1 and len({push.raw for push in pushes}) == 1
    assert all(push.path == "/push" for push in pushes)
    shown = stage.wait_until(
        lambda: (push := push_of(server, pushes[0].id))["state"] == "delivered" and push,
        "the delivery to be recorded")
    # A pooled connection that is closed without an answer is replaced within the same attempt.
    assert shown["attempts"] == len(shown["attemptLog"])
    assert shown["attempts"] == 3 or answer == "drop" and shown["attempts"] == 2
    assert shown["body"] == json.loads(pushes[0].raw) or shown["body"] == pushes[0].raw.decode()
    assert shown["deliveredAt"] and shown["nextAttemptAt"] is None


def test_retry_after_is_honoured(server, receiver):
    _, user = a_user(server, receiver, pushEvents=["ota_upgrade_result"])
    answers = iter([(429, b"", {"Retry-After": "2"})])
    receiver.behave = lambda push: next(answers, ACCEPT)
    server.publish(MODEL, "2.0.0")
    upgraded(server, user, "lamp-1")
    first, second = receiver.wait_for(is_result(), 2)
    assert second.at - first.at >= 1.9


def test_a_receiver_that_hangs_delays_nobody(push_server, receiver):
    server = push_server(timeout="30s", suspend_after=1000)
    _, user = a_user(server, receiver)
    server.publish(MODEL, "2.0.0")
    with stage.Receiver() as hanging:
        def hang(push):
            raise stage.Receiver.Hang
        hanging.behave = hang
        slow = server.app("slow", pushUrl=hanging.url)
        slow.grant("alice")
        for n in range(5):
            upgraded(server, user, f"lamp-{n}")
        receiver.wait_for(is_result(), 5)
        assert hanging.pushes


def test_too_many_failures_suspend_and_it_resumes_by_itself(push_server, receiver):
    server = push_server(suspend_after=3)
    app, user = a_user(server, receiver, pushEvents=["ota_upgrade_result"])
    app.wait_until_verified()
    receiver.behave = lambda push: (503, b"", {})
    receiver.echo = lambda text: {"code": 9}
    server.publish(MODEL, "2.0.0")
    upgraded(server, user, "lamp-1")
    wait_for_state(server, app, "suspended")
    count = len(receiver.pushes)
    assert count == 3
    upgraded(server, user, "lamp-2")
    receiver.wait_for_verification(3)
    assert len(receiver.pushes) == count
    receiver.behave = None
    receiver.echo = lambda text: {"code": 0, "result": text}
    wait_for_state(server, app, "verified")
    receiver.wait_for(is_result("lamp-2"))
    receiver.wait_for(is_result("lamp-1"), 4)


def test_gone_is_left_alone_until_an_operator_asks(server, receiver):
    app, user = a_user(server, receiver, pushEvents=["ota_upgrade_result"])
    receiver.behave = lambda push: (410, b"", {})
    server.publish(MODEL, "2.0.0")
    upgraded(server, user, "lamp-1")
    wait_for_state(server, app, "suspended")
    receiver.behave = None
    verifications = len(receiver.verifications)
    assert server.admin.post(f"/apps/{app.appid}/push/verify").json()["pushState"] == "verified"
    assert len(receiver.verifications) == verifications + 1
    receiver.wait_for(is_result("lamp-1"), 2)


def test_dead_letters_are_kept_listed_and_replayed(push_server, receiver):
    server = push_server(give_up_after="1s", suspend_after=1000)
    app, user = a_user(server, receiver, pushEvents=["ota_upgrade_result"])
    receiver.behave = lambda push: (500, b"broken", {})
    server.publish(MODEL, "2.0.0")
    upgraded(server, user, "lamp-1")
    dead = f"/pushes?appid={app.appid}&state=dead"
    letters = stage.wait_until(lambda: server.admin.every(dead), "a dead letter")
    assert len(letters) == 1 and letters[0]["msgType"] == "ota_upgrade_result"
    assert letters[0]["did"] == "lamp-1" and letters[0]["appid"] == app.appid
    shown = push_of(server, letters[0]["webhookId"])
    assert shown["attempts"] == len(shown["attemptLog"]) == len(receiver.pushes)
    assert shown["attemptLog"][0]["status"] == 500
    assert shown["attemptLog"][0]["answer"] == "broken"

    receiver.behave = None
    count = len(receiver.pushes)
    server.admin.post(f"/pushes/{letters[0]['webhookId']}/replay").expect(202)
    again = receiver.wait_for(is_result(), count + 1)[-1]
    assert again.id == letters[0]["webhookId"] and again.raw == receiver.pushes[0].raw
    stage.wait_until(lambda: push_of(server, again.id)["state"] == "delivered", "its delivery")
    assert server.admin.every(dead) == []

    server.admin.post(f"/apps/{app.appid}/push/replay",
                      {"since": "2020-01-01T00:00:00Z", "until": "2099-01-01T00:00:00Z"}).expect(202)
    assert receiver.wait_for(is_result(), count + 2)[-1].id == again.id
    server.admin.post("/pushes/msg_unknown/replay").expect(404)


def test_a_crash_between_post_and_record_repeats_the_same_message(server, receiver):
    _, user = a_user(server, receiver, pushEvents=["ota_upgrade_result"])
    server.publish(MODEL, "2.0.0")

    def take_and_hang(push):
        raise stage.Receiver.Hang
    receiver.behave = take_and_hang
    upgraded(server, user, "lamp-1")
    first = receiver.wait_for(is_result())[0]
    server.kill()
    receiver.behave = None
    server.start()
    second = receiver.wait_for(is_result(), 2)[1]
    assert (second.id, second.raw) == (first.id, first.raw)
    stage.wait_until(lambda: push_of(server, first.id)["state"] == "delivered", "its delivery")


def test_what_waits_survives_a_crash(push_server, receiver):
    server = push_server(suspend_after=1000)
    _, user = a_user(server, receiver, pushEvents=["ota_upgrade_result"])
    server.publish(MODEL, "2.0.0")
    receiver.behave = lambda push: (500, b"", {})
    for n in range(4):
        upgraded(server, user, f"lamp-{n}")
    for n in range(4):
        receiver.wait_for(is_result(f"lamp-{n}"))
    server.kill()
    receiver.behave = None
    count = len(receiver.pushes)
    server.start()
    for n in range(4):
        receiver.wait_for(lambda push, n=n: push in receiver.pushes[count:]
                          and is_result(f"lamp-{n}")(push))
    assert len({push.id for push in receiver.pushes}) == 4


def test_rotated_keys_sign_both_while_the_old_ones_are_in_grace(server, receiver):
    app, user = a_user(server, receiver, pushEvents=["ota_upgrade_result"])
    app.wait_until_verified()
    new = server.admin.post(f"/apps/{app.appid}/rotate", {"graceSeconds": 600}).expect(200).json()
    server.publish(MODEL, "2.0.0")
    upgraded(server, user, "lamp-1")
    push = receiver.wait_for(is_result())[0]
    assert set(push.headers["webhook-signature"].split()) == {
        stage.signature(app.push_secret, push), stage.signature(new["pushSecret"], push)}
    assert push.headers["appkey"] == new["appkey"]


# ---------------------------------------------------------------------------------------------
# The receivers of docs/pushes.md


@pytest.mark.parametrize("language, name", [("python", "receiver.py"), ("js", "receiver.js")])
def test_the_receivers_of_the_documentation_work(server, tmp_path, language, name):
    program = {"python": "/usr/bin/python3", "js": "/usr/bin/node"}[language]
    if not os.path.exists(program):
        pytest.skip(f"{program} is not installed")
    text = (stage.ROOT / "docs" / "pushes.md").read_text(encoding="utf-8")
    code = re.search(rf"```{language}\n(.*?)```", text, re.S)[1]
    (tmp_path / name).write_text(code)
    app = server.app("app")
    user = app.grant("alice")
    process = subprocess.Popen([program, name, "0"], cwd=tmp_path, stdout=subprocess.PIPE,
                               text=True, env={**os.environ, "UPDRAFT_PUSH_SECRET": app.push_secret})
    try:
        port = int(re.search(r"port (\d+)", process.stdout.readline())[1])
        url = f"http://127.0.0.1:{port}/push"
        server.admin.patch(f"/apps/{app.appid}", {"pushUrl": url}).expect(200)
        app.wait_until_verified()
        server.publish(MODEL, "2.0.0")
        upgraded(server, user, "lamp-1")
        line = ""
        while not line.startswith("ota_upgrade_result"):
            line = process.stdout.readline()
            assert line, "the receiver ended"
        told = json.loads(line.split(" ", 2)[2])
        assert told["did"] == "lamp-1" and told["upgradeResult"] == "1"
        delivered = f"/pushes?appid={app.appid}&state=delivered"
        stage.wait_until(lambda: any(push["msgType"] == "ota_upgrade_result"
                                     for push in server.admin.every(delivered)), "the delivery")
        # A request that is not signed by Updraft is refused.
        assert stage.request(url, "POST", "", {"echostr": "x"}).status == 401
    finally:
        process.kill()
        process.wait()
