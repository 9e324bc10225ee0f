"""POST /apps/{appid}/push/test: one example message, sent now and kept nowhere (contract 6.5 and 6.10)."""
import json
import socket
import ssl
import threading
import time

import pytest
import stage
from operator_stage import audit
from test_process import certificate
from test_push_operators import figure

TYPES = ["ota_upgrade_progress", "ota_upgrade_result", "ota_new_firmware", "ota_firmware_withdrawn"]
MEMBERS = {
    "ota_upgrade_progress": ["msgType", "did", "firmwareVersion", "progress"],
    "ota_upgrade_result": ["msgType", "did", "firmwareVersion", "upgradeResult"],
    "ota_new_firmware": ["msgType", "did", "name", "deviceModel", "firmwareVersion", "upgradeFirmware"],
    "ota_firmware_withdrawn": ["msgType", "did", "firmwareVersion"],
}


def try_push(app, msg_type="ota_upgrade_result"):
    return app.server.admin.post(f"/apps/{app.appid}/push/test", {"msgType": msg_type})


def state_of(app):
    return app.server.admin.get(f"/apps/{app.appid}").expect(200).json()["pushState"]


@pytest.fixture
def app(server, receiver):
    made = server.app("app", pushUrl=receiver.url)
    made.wait_until_verified()
    return made


@pytest.mark.parametrize("msg_type", TYPES)
def test_an_example_of_each_message_arrives_signed_and_is_kept_nowhere(server, receiver, app, msg_type):
    before = time.time()
    answer = try_push(app, msg_type).expect(200).json()
    assert list(answer) == ["acknowledged", "status", "durationMs", "answer", "error"]
    assert answer["acknowledged"] is True and answer["error"] is None
    assert (answer["status"], answer["answer"]) == (200, '{"code":0}')
    assert isinstance(answer["durationMs"], int) and answer["durationMs"] >= 0
    (push,) = receiver.pushes
    assert list(push.body) == MEMBERS[msg_type]
    assert (push.body["msgType"], push.body["did"]) == (msg_type, "example")
    if msg_type == "ota_new_firmware":
        assert list(push.body["upgradeFirmware"]) == [
            "firmwareVersion", "fileSize", "updateLog", "releaseDate"]
    assert (push.headers["appid"], push.headers["appkey"]) == (app.appid, app.appkey)
    assert push.headers["webhook-signature"] == stage.signature(app.push_secret, push)
    assert before - 1 <= int(push.headers["updraft-event-time"]) / 1000 <= time.time() + 1
    about_an_order = msg_type in ("ota_upgrade_progress", "ota_upgrade_result")
    assert ("updraft-order-id" in push.headers) == about_an_order
    for kept in ("/pushes", "/devices", "/upgrades", "/firmware"):
        assert server.admin.get(kept).expect(200).json()["items"] == []
    assert server.admin.get(f"/pushes/{push.id}").status == 404


def test_two_tests_are_two_messages(receiver, app):
    for _ in range(2):
        try_push(app).expect(200)
    assert len({push.id for push in receiver.pushes}) == len(receiver.pushes) == 2


def test_it_is_sent_although_the_app_did_not_subscribe_to_that_message(server, receiver):
    app = server.app("app", pushUrl=receiver.url, pushEvents=[])
    assert try_push(app, "ota_new_firmware").expect(200).json()["acknowledged"] is True
    assert [push.body["msgType"] for push in receiver.pushes] == ["ota_new_firmware"]


def test_a_url_that_is_not_verified_is_tried_and_stays_as_it_is(server, receiver):
    receiver.echo = lambda text: {"code": 0, "result": "something else"}
    app = server.app("app", pushUrl=receiver.url)
    stage.wait_until(lambda: state_of(app) == "failed", "the verification to fail")
    assert try_push(app).expect(200).json()["acknowledged"] is True
    assert len(receiver.pushes) == 1
    assert state_of(app) == "failed"


def test_a_suspended_url_is_left_in_peace(start_server, receiver):
    server = start_server(config={"push": {"suspend_after": 1, "probe_after": "1h"}})
    app = server.app("app", pushUrl=receiver.url)
    app.wait_until_verified()
    receiver.behave = lambda push: (503, b"", {})
    app.grant("alice")
    server.device("lamp-1", "lamp", "1.0", "alice")
    server.publish("lamp", "2.0")
    stage.wait_until(lambda: state_of(app) == "suspended", "the suspension")
    sent = len(receiver.pushes)
    answer = try_push(app)
    assert answer.status == 409 and "suspended" in answer.json()["detail"]
    assert len(receiver.pushes) == sent
    receiver.behave = None
    server.admin.post(f"/apps/{app.appid}/push/verify").expect(200)
    assert try_push(app).expect(200).json()["acknowledged"] is True


def test_what_cannot_be_tested_is_refused_and_nothing_is_sent(server, receiver, app):
    path = f"/apps/{app.appid}/push/test"
    for body, named in [({}, "msgType is missing"), ({"msgType": None}, "msgType is missing"),
                        ({"msgType": "progress"}, "ota_firmware_withdrawn"), ({"msgType": ""}, "msgType"),
                        ({"msgType": 1}, "msgType")]:
        answer = server.admin.post(path, body)
        assert answer.status == 422 and named in answer.json()["detail"], body
    assert server.admin.post(path, b"{").status == 400
    assert server.admin.post("/apps/nobody/push/test", {}).status == 404
    assert stage.request(server.url, "POST", "/admin/v1" + path, {"msgType": TYPES[0]}).status == 401
    bare = server.app("bare")
    answer = server.admin.post(f"/apps/{bare.appid}/push/test", {"msgType": TYPES[0]})
    assert answer.status == 409 and "pushUrl" in answer.json()["detail"]
    assert receiver.pushes == []
    assert audit(server.admin, action="testPush") == []


ANSWERS = {
    "status": ((503, b"closed", {}), 503, "closed"),
    "gone": ((410, b"", {}), 410, None),
    "redirect": ((302, b"", {"Location": "/other"}), 302, None),
    "body": ((200, b"OK", {}), 200, "OK"),
    "code": ((200, b'{"code":7}', {}), 200, '{"code":7}'),
}


@pytest.mark.parametrize("word", ANSWERS)
def test_an_answer_that_does_not_acknowledge_is_told_in_a_word(receiver, app, word):
    told, status, excerpt = ANSWERS[word]
    receiver.behave = lambda push: told
    answer = try_push(app).expect(200).json()
    assert answer["acknowledged"] is False
    assert (answer["status"], answer["answer"]) == (status, excerpt)
    assert answer["error"] == (word if word in ("body", "code") else "status")
    assert len(receiver.pushes) == 1, "a redirect is not followed, and nothing is sent again"
    assert state_of(app) == "verified"


def test_no_answer_is_told_in_a_word_and_says_nothing_from_inside(start_server, receiver, tmp_path):
    server = start_server(config={"push": {"timeout": "2s", "allow_networks": ["127.0.0.0/8"]}})
    not_trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    not_trusted.load_cert_chain(*certificate(tmp_path, "nobody"))
    with socket.socket() as closed, stage.Receiver(not_trusted) as strange:
        closed.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}/push"

        def hang(push):
            raise receiver.Hang

        def drop(push):
            raise receiver.Drop

        cases = [("timeout", receiver.url, hang), ("closed", receiver.url, drop), ("connect", nobody, None),
                 ("blocked", "http://10.1.2.3/push", None), ("dns", "http://nothing.invalid/push", None),
                 ("tls", strange.url, None)]
        for word, url, behaviour in cases:
            receiver.behave = behaviour
            app = server.app(word, pushUrl=url)
            answer = try_push(app).expect(200)
            shown = answer.json()
            assert (shown["acknowledged"], shown["error"]) == (False, word)
            assert (shown["status"], shown["answer"]) == (None, None), word
            assert set(shown) == {"acknowledged", "status", "durationMs", "answer", "error"}
            server.admin.delete(f"/apps/{app.appid}").expect(204)
    # What the library said is in the log.
    stage.wait_until(lambda: "10.1.2.3 is not a public address" in server.process.errors(), "the log line")


def test_failed_tests_suspend_nothing_and_count_for_nothing(start_server, receiver):
    server = start_server(config={"push": {"suspend_after": 3}})
    app = server.app("app", pushUrl=receiver.url)
    app.wait_until_verified()
    posts = figure(server, "push_posts_total")
    receiver.behave = lambda push: (503, b"", {})
    for _ in range(5):
        assert try_push(app).expect(200).json()["acknowledged"] is False
    assert len(receiver.pushes) == 5
    assert state_of(app) == "verified"
    assert figure(server, "push_posts_total") == posts
    assert figure(server, "push_failed_total", appid=app.appid) in (None, 0)


def test_a_test_overtakes_what_waits_for_a_slow_receiver(start_server, receiver):
    """The example is answered while a real message of the app still waits for its answer."""
    server = start_server(config={"push": {"max_in_flight_per_app": 1, "timeout": "1h"}})
    app = server.app("app", pushUrl=receiver.url, pushEvents=["ota_new_firmware"])
    app.wait_until_verified()
    app.grant("alice")

    def hang_unless_example(push):
        if push.body["did"] != "example":
            raise receiver.Hang

    receiver.behave = hang_unless_example
    server.device("lamp-1", "lamp", "1.0", "alice")
    server.publish("lamp", "2.0")
    receiver.wait_for_type("ota_new_firmware", "lamp-1")
    assert try_push(app).expect(200).json()["acknowledged"] is True
    (waiting,) = server.admin.get("/pushes?state=pending").expect(200).json()["items"]
    assert waiting["did"] == "lamp-1"
    receiver.close()


def test_it_is_in_the_audit_before_it_is_answered(start_server, receiver):
    server = start_server(config={"push": {"timeout": "1h"}})
    app = server.app("app", pushUrl=receiver.url)
    app.wait_until_verified()

    def hang(push):
        raise receiver.Hang

    receiver.behave = hang
    answers = []
    call = threading.Thread(target=lambda: answers.append(try_push(app)))
    call.start()
    receiver.wait_for_type("ota_upgrade_result", "example")
    (row,) = audit(server.admin, action="testPush")
    assert row["object"] == {"kind": "app", "id": app.appid} and row["outcome"] == "done"
    assert row["effect"] == "an example of ota_upgrade_result is sent"
    assert answers == []
    receiver.close()
    call.join(stage.PATIENCE)
    # libcurl tries a connection that was kept open once more, and finds nobody who listens.
    assert answers[0].expect(200).json()["error"] in ("closed", "connect")


def test_the_body_is_what_was_documented_for_a_real_message(receiver, app):
    """An app can be written against the examples: they have the types of real messages."""
    bodies = {}
    for msg_type in TYPES:
        try_push(app, msg_type).expect(200)
        bodies[msg_type] = receiver.pushes[-1].body
    assert isinstance(bodies["ota_upgrade_progress"]["progress"], int)
    assert bodies["ota_upgrade_result"]["upgradeResult"] == "1"
    leaves = bodies["ota_new_firmware"]["upgradeFirmware"]
    assert all(isinstance(value, str) for value in leaves.values())
    assert int(leaves["fileSize"]) > 0
    time.strptime(leaves["releaseDate"], "%Y-%m-%d")
    assert json.dumps(bodies).count('"example"') == len(TYPES)
