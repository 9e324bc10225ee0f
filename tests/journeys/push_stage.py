"""Helpers for the journeys of pushes."""
import pytest

import stage

MODEL = "lamp"
ACCEPT = (200, b'{"code":0}', {})


@pytest.fixture
def push_server(start_server):
    """One server with short times; settings of [push] can be added."""
    def start(**push):
        return start_server(config={"push": push})
    return start


def a_user(server, receiver, open_id="alice", **fields):
    app = server.app("app", pushUrl=receiver.url, **fields)
    return app, app.grant(open_id)


def upgraded(server, user, did, version="2.0.0", open_id="alice", finished="success", details=()):
    """Enrols a device with an offer, orders its upgrade and carries it out."""
    device = server.device(did, MODEL, "1.0.0", open_id)
    code, order = user.upgrade_one(did)
    assert code == 0, order
    device.install(finished=finished, details=details)
    return device


def push_of(server, push_id):
    return server.admin.get(f"/pushes/{push_id}").expect(200).json()


def wait_for_state(server, app, state):
    return stage.wait_until(
        lambda: server.admin.get(f"/apps/{app.appid}").json()["pushState"] == state,
        f"pushState {state}")


def is_result(did=None):
    def fits(push):
        body = push.body
        return body.get("msgType") == "ota_upgrade_result" and did in (None, body["did"])
    return fits
