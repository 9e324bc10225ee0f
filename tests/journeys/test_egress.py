"""Pushes through the proxy of [push] proxy."""
import ssl

import pytest
import stage
from authority import Authority
from egress_stage import EgressProxy
from test_process import run

NAME = "receiver.invalid:8443"


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path / "ca")


@pytest.fixture
def tls_receiver(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.certify("receiver", "DNS:receiver.invalid"))
    with stage.Receiver(context) as receiver:
        yield receiver


def proxy_file(tmp_path, url):
    file = tmp_path / "proxy"
    file.touch(0o600)
    file.write_text(url + "\n")
    return str(file)


def test_pushes_reach_their_receiver_through_the_proxy_only(start_server, tls_receiver, authority, tmp_path):
    with EgressProxy("me", "p@ss", {NAME: tls_receiver.port}) as proxy:
        file = proxy_file(tmp_path, f"http://me:p%40ss@127.0.0.1:{proxy.port}")
        server = start_server(config={"push": {
            "allow_http": False, "allow_networks": [], "ca_file": str(authority.roots), "proxy": file}})
        app = server.app(pushUrl=f"https://{NAME}/push", pushEvents=["ota_upgrade_result"])
        app.wait_until_verified()
        user = app.grant("u")
        server.device("d", open_id="u")
        server.publish("sensor-a", "2.0.0")
        assert user.upgrade_one("d")[0] == 0
        assert user.cancel("d")[0] == 0
        stage.wait_until(lambda: tls_receiver.pushes, "the result")
        assert tls_receiver.pushes[0].body["did"] == "d"
        assert proxy.asked and all(head.startswith(f"CONNECT {NAME} ") for head in proxy.asked)
        # What is for the receiver is not told to the proxy.
        assert not any(app.appkey in head or "Appid" in head for head in proxy.asked)
        log = server.process.errors()
        assert "pushes go through a proxy: its rules decide" in log
        assert f"proxy=http://127.0.0.1:{proxy.port}" in log
        assert "p@ss" not in log and "p%40ss" not in log


def test_a_proxy_that_refuses_fails_the_push_and_says_so(start_server, tls_receiver, authority, tmp_path):
    with EgressProxy("me", "pw", {NAME: tls_receiver.port}) as proxy:
        proxy.refuse = 403
        server = start_server(config={"push": {
            "ca_file": str(authority.roots), "proxy": f"http://me:pw@127.0.0.1:{proxy.port}"}})
        app = server.app(pushUrl=f"https://{NAME}/push")
        verdict = server.admin.post(f"/apps/{app.appid}/push/verify").expect(200).json()
        assert verdict["pushState"] == "failed"
        stage.wait_until(lambda: "response 403" in server.process.errors(), "the reason in the log")
        proxy.refuse = None
        assert server.admin.post(f"/apps/{app.appid}/push/verify").json()["pushState"] == "verified"


@pytest.mark.once
@pytest.mark.parametrize("proxy, said", [
    ("/nope/proxy", "/nope/proxy is missing"), ("/tmp", "/tmp cannot be read: Is a directory"),
    ("http://me:pa@hush@127.0.0.1:1", "percent-encoded"), ("https://127.0.0.1:1", "http://HOST:PORT"),
])
def test_a_proxy_that_cannot_be_used_is_named_and_its_password_is_not_shown(tmp_path, proxy, said):
    for command in (["config", "check"], ["serve", "--listen", "127.0.0.1:0"]):
        answer = run(*command, "--data", tmp_path / "data", env={"UPDRAFT_PUSH_PROXY": proxy})
        assert answer.returncode == 1, answer
        assert "[push] proxy" in answer.stderr and said in answer.stderr
        assert "hush" not in answer.stderr


@pytest.mark.once
def test_a_proxy_file_that_others_may_read_is_refused(tmp_path):
    file = proxy_file(tmp_path, "http://127.0.0.1:1")
    assert run("config", "check", env={"UPDRAFT_PUSH_PROXY": file}).returncode == 0
    (tmp_path / "proxy").chmod(0o644)
    refused = run("config", "check", env={"UPDRAFT_PUSH_PROXY": file})
    assert refused.returncode == 1 and file in refused.stderr and "0600" in refused.stderr
