"""What operators see of pushes: a hint, metrics, the list, one push, and a replay."""
import json
import re
import subprocess

import stage

MODEL = "lamp"


def figure(server, name, **labels):
    """The value of one metric; None when it does not exist."""
    token = {"Authorization": f"Bearer {server.admin.token}"}
    text = stage.request(server.url, "GET", "/metrics", headers=token).expect(200).body.decode()
    written = ",".join(f'{label}="{value}"' for label, value in labels.items())
    pattern = rf"^updraft_{name}{re.escape('{' + written + '}') if labels else ''} (\S+)$"
    found = re.search(pattern, text, re.M)
    return float(found[1]) if found else None


def command(server, *words):
    done = subprocess.run(
        [stage.binary(), *words, "--json"], capture_output=True, text=True, timeout=stage.PATIENCE,
        env={"UPDRAFT_URL": server.url, "UPDRAFT_ADMIN_TOKEN": server.admin.token}, check=True)
    return json.loads(done.stdout) if done.stdout.strip() else None


def readiness(server):
    return stage.request(server.url, "GET", "/readyz").expect(200).json()


def a_result(server, user, did):
    server.device(did, MODEL, "1.0.0", "alice")
    assert user.upgrade_one(did)[0] == 0
    assert user.cancel(did)[0] == 0


def test_operators_see_who_takes_nothing_and_send_again_what_was_missed(start_server, receiver):
    server = start_server(config={"push": {"suspend_after": 3, "give_up_after": "3s"}})
    app = server.app("app", pushUrl=receiver.url, pushEvents=["ota_upgrade_result"])
    user = app.grant("alice")
    app.wait_until_verified()
    server.publish(MODEL, "2.0.0")
    assert readiness(server) == {"status": "ready"}

    receiver.behave = lambda push: (503, b"closed", {})
    receiver.echo = lambda text: {"code": 9}
    a_result(server, user, "lamp-1")
    stage.wait_until(lambda: readiness(server).get("detail") == "1 push URL suspended",
                     "the hint that a receiver is suspended")
    assert figure(server, "push_receivers", state="suspended") == 1
    assert figure(server, "push_receivers", state="verified") == 0
    assert figure(server, "push_failed_total", appid=app.appid) == len(receiver.pushes) == 3
    assert figure(server, "push_arrived_total", appid=app.appid) == 0

    # The message is too old now: a dead letter, listed and shown with its attempts.
    stage.wait_until(lambda: figure(server, "outbox_dead") == 1, "the dead letter")
    assert figure(server, "outbox_waiting", stream="upgrade") == 0
    (letter,) = command(server, "push", "list", "--appid", app.appid, "--state", "dead")["items"]
    shown = command(server, "push", "show", letter["webhookId"])
    assert shown["state"] == "dead" and json.loads(shown["body"])["did"] == "lamp-1"
    assert [(one["status"], one["answer"], one["error"])
            for one in shown["attemptLog"]] == [(503, "closed", "status")] * 3

    receiver.behave = None
    receiver.echo = lambda text: {"code": 0, "result": text}
    command(server, "app", "verify", app.appid)
    command(server, "push", "replay", letter["webhookId"])
    stage.wait_until(lambda: command(server, "push", "show", letter["webhookId"])["state"]
                     == "delivered", "its delivery")
    assert {push.id for push in receiver.pushes} == {letter["webhookId"]}
    assert figure(server, "push_arrived_total", appid=app.appid) == 1
    assert figure(server, "outbox_oldest_result_seconds") == 0
    stage.wait_until(lambda: readiness(server) == {"status": "ready"}, "the hint to go")
