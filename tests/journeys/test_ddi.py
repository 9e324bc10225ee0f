"""The device channel over real HTTP, request by request (contract section 5)."""
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import urllib.parse

import pytest

import stage
from ddi_stage import CONTENT, artifact_of, attributes, world  # noqa: F401


# ---------------------------------------------------------------------------------------------
# Authentication


@pytest.mark.parametrize("headers", [
    {"Authorization": None},
    {"Authorization": ""},
    {"Authorization": "TargetToken"},
    {"Authorization": "TargetToken wrong"},
    {"Authorization": "GatewayToken wrong"},
    {"Authorization": "Bearer wrong"},
], ids=str)
@pytest.mark.parametrize("did", ["lamp-1", "nobody", "x" * 65])
def test_without_the_right_token_everybody_is_refused_alike(world, headers, did):
    world.lamp()
    device = stage.Device(world.server, did, "irrelevant")
    sent = {name: value for name, value in headers.items() if value is not None}
    answer = stage.request(world.server.url, "GET", device.base, None, sent).expect(401)
    assert set(answer.json()) == {"exceptionClass", "errorCode", "message"}
    other = stage.Device(world.server, "somebody-else", "irrelevant")
    again = stage.request(world.server.url, "GET", other.base, None, sent).expect(401)
    assert again.body == answer.body


def test_a_token_speaks_for_its_own_device_only(world):
    first, second = world.lamp("lamp-1"), world.lamp("lamp-2")
    world.order("lamp-1", "lamp-2")
    deployment = second.wait_for_deployment()
    spy = stage.Device(world.server, "lamp-2", first.token)
    spy.call("GET", "").expect(401)
    spy.call("GET", artifact_of(deployment)["_links"]["download"]["href"]).expect(401)
    # Under its own did it does not find the other device's action either.
    first.call("GET", f"/deploymentBase/{deployment['id']}").expect(404)
    first.report(deployment["id"], "closed", "success").expect(404)
    first.call("GET", f"/cancelAction/{deployment['id']}").expect(404)
    assert world.state("lamp-2") == "offered"


@pytest.mark.parametrize("scheme", ["targettoken", "TARGETTOKEN", "GatewayToken"])
def test_any_way_of_writing_its_own_token_is_accepted(world, scheme):
    device = world.lamp()
    device.scheme = scheme
    device.poll()


@pytest.mark.parametrize("tenant,status", [("DEFAULT", 200), ("default", 200), ("Default", 200),
                                           ("OTHER", 404)])
def test_the_tenant_is_default_in_any_case(world, tenant, status):
    device = world.lamp()
    device.base = f"/{tenant}/controller/v1/lamp-1"
    answer = device.call("GET", "").expect(status)
    if status == 200:
        assert answer.json()["_links"]["configData"]["href"].startswith(
            f"{world.server.url}/{tenant}/controller/v1/lamp-1/")


def test_a_did_may_need_encoding(world):
    did = "灯/one two%?#"
    device, deployment = world.ordered(did)
    assert device.download(deployment).expect(200).body == CONTENT
    device.report(deployment["id"], "closed", "success").expect(200)
    assert world.state(did) == "succeeded"


# ---------------------------------------------------------------------------------------------
# The poll


def test_an_idle_poll_is_short(world):
    device = world.lamp()
    poll = device.poll()
    assert poll["config"]["polling"]["sleep"] == "00:00:01"
    assert set(poll["_links"]) == {"configData"}
    device.tell(hwRevision="1.0").expect(200)
    assert device.poll()["_links"] == {}


def test_the_interval_is_the_models_own(world):
    world.server.admin.put("/models/lamp", {"pollingSeconds": 7}).expect(200, 201, 204)
    assert world.lamp().poll()["config"]["polling"]["sleep"] == "00:00:07"


def test_answers_come_in_the_media_type_asked_for(world):
    device = world.lamp()
    for accept, wanted in [("application/json", "application/json"),
                           ("application/hal+json", "application/hal+json"),
                           ("*/*", "application/hal+json"),
                           ("application/octet-stream", "application/hal+json")]:
        answer = device.call("GET", "", headers={"Accept": accept}).expect(200)
        assert answer.headers["Content-Type"] == wanted
        assert int(answer.headers["Content-Length"]) == len(answer.body)


def test_links_are_made_of_the_host_that_the_client_used(world):
    device = world.lamp()
    headers = {"Host": "updates.example:8443", "X-Forwarded-Proto": "https",
               "X-Forwarded-Host": "evil.example"}
    href = device.call("GET", "", headers=headers).json()["_links"]["configData"]["href"]
    assert href == "http://updates.example:8443/DEFAULT/controller/v1/lamp-1/configData"


def test_links_follow_a_trusted_proxy(start_server):
    server = start_server({"server": {"trusted_proxies": ["127.0.0.1/32"]}})
    device = server.device("lamp-1", "lamp", "1.0.0")
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "updates.example",
               "X-Forwarded-Port": "8443"}
    href = device.call("GET", "", headers=headers).json()["_links"]["configData"]["href"]
    assert href == "https://updates.example:8443/DEFAULT/controller/v1/lamp-1/configData"


def test_links_lead_through_a_proxy_that_serves_us_below_a_path(start_server):
    server = start_server({"server": {"trusted_proxies": ["127.0.0.1/32"]}})
    server.publish("lamp", "2.0.0", b"image")
    device = server.device("lamp-1", "lamp", "1.0.0")
    server.admin.post("/orders", {"dids": ["lamp-1"]}).expect(201)
    headers = {"X-Forwarded-Host": "2001:db8::1", "X-Forwarded-Port": "8443",
               "X-Forwarded-Prefix": "/updates/"}
    base = "http://[2001:db8::1]:8443/updates/DEFAULT/controller/v1/lamp-1/"
    href = device.call("GET", "", headers=headers).json()["_links"]["deploymentBase"]["href"]
    assert href.startswith(base + "deploymentBase/")
    path = href.removeprefix("http://[2001:db8::1]:8443/updates")
    deployment = device.call("GET", server.url + path, headers=headers).expect(200).json()
    links = artifact_of(deployment)["_links"]
    assert all(link["href"].startswith(base + "softwaremodules/") for link in links.values())


def test_a_poll_is_a_sign_of_life(world):
    device = world.lamp()
    device.poll()
    stage.wait_until(lambda: world.server.admin.get("/devices/lamp-1").json()["lastSeen"],
                     "the sign of life to be written down")


def test_head_answers_where_get_does(world):
    device, deployment = world.ordered()
    href = artifact_of(deployment)["_links"]["download"]["href"]
    for path in ["", f"/deploymentBase/{deployment['id']}", href, href + ".MD5SUM"]:
        answer = device.call("HEAD", path).expect(200)
        assert answer.body == b""
        assert int(answer.headers["Content-Length"]) > 0
    assert int(device.call("HEAD", href).headers["Content-Length"]) == len(CONTENT)
    assert world.state() == "offered"


def test_other_paths_and_methods_are_refused_in_the_words_of_the_channel(world):
    device = world.lamp()
    for method, path, status in [("GET", "/nothing", 404), ("DELETE", "", 405),
                                 ("POST", "/configData", 405), ("GET", "/deploymentBase/x", 404),
                                 ("GET", "/deploymentBase/99999999999", 404),
                                 ("GET", "/deploymentBase/12", 404),
                                 ("GET", "/installedBase/12", 404)]:
        answer = device.call(method, path).expect(status)
        assert set(answer.json()) == {"exceptionClass", "errorCode", "message"}, path
        assert ("Allow" in answer.headers) == (status == 405)


# ---------------------------------------------------------------------------------------------
# configData


def test_attributes_are_merged_replaced_and_removed(world):
    device = world.lamp()
    device.call("PUT", "/configData", {"data": {"a": "1", "b": "2"}}).expect(200)
    assert attributes(world) == {"a": "1", "b": "2"}
    device.call("PUT", "/configData", {"mode": "merge", "data": {"b": "3"}}).expect(200)
    assert attributes(world) == {"a": "1", "b": "3"}
    device.call("PUT", "/configData", {"mode": "remove", "data": {"a": ""}}).expect(200)
    assert attributes(world) == {"b": "3"}
    device.call("PUT", "/configData", {"mode": "replace", "data": {"c": "4"}}).expect(200)
    assert attributes(world) == {"c": "4"}


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", {}, {"data": 7}, {"data": {"a": {}}}, {"data": {"a": None}},
    {"mode": "add", "data": {}}, {"data": {"": "x"}}, {"data": {"k" * 129: "x"}},
    {"data": {"k": "v" * 129}}, {"data": {f"k{i}": "v" for i in range(101)}},
], ids=lambda body: str(body)[:40])
def test_malformed_attributes_are_refused_and_nothing_changes(world, body):
    device = world.lamp()
    device.tell(a="1").expect(200)
    device.call("PUT", "/configData", body).expect(400)
    assert attributes(world) == {"a": "1"}


def test_attributes_are_wanted_again_after_every_end_and_when_an_operator_asks(world):
    device = world.lamp()
    admin = world.server.admin
    assert device.link("configData")
    device.tell(hw="1").expect(200)
    assert device.link("configData") is None
    for finished in ("failure", "success"):
        world.order("lamp-1")
        number = device.wait_for_deployment()["id"]
        assert device.link("configData") is None
        device.report(number, "closed", finished).expect(200)
        assert device.link("configData"), finished
        device.tell(hw="1").expect(200)
        assert device.link("configData") is None
        device.tell(firmwareVersion="1.0.0").expect(200)
    world.order("lamp-1")
    admin.post(f"/upgrades/{world.upgrade('lamp-1')['id']}/cancel").expect(200)
    assert device.link("configData"), "an upgrade that was never fetched"
    device.tell(hw="1").expect(200)

    asked = admin.post("/devices/lamp-1/refresh").expect(202).json()
    assert asked.items() <= admin.get("/devices/lamp-1").json().items()
    assert device.link("configData")
    device.tell(hw="1").expect(200)
    assert device.link("configData") is None


def test_attributes_are_limited_in_all(world):
    device = world.lamp()
    device.tell(**{f"k{i}": "v" * 128 for i in range(100)}).expect(200)
    device.tell(k1="again").expect(200)
    device.tell(one_more="v").expect(400)


def test_a_reported_version_is_the_devices_version(world):
    device = world.lamp()
    device.tell(firmwareVersion="1.5.0").expect(200)
    assert world.server.admin.get("/devices/lamp-1").json()["firmwareVersion"] == "1.5.0"
    device.tell(firmwareVersion="v" * 65).expect(400)


# ---------------------------------------------------------------------------------------------
# A deployment


def test_a_deployment_has_the_shape_that_clients_read(world):
    device, deployment = world.ordered()
    assert re.fullmatch(r"[1-9][0-9]*[1-9]", deployment["id"])
    assert device.link("deploymentBase").startswith(world.server.url)
    base = f"{world.server.url}{device.base}/softwaremodules/{world.release['id']}/artifacts/"
    file = base + "lamp%202.0.swu"
    assert deployment == {
        "id": deployment["id"],
        "deployment": {
            "download": "forced", "update": "forced",
            "chunks": [{
                "part": "os", "version": "2.0.0", "name": "lamp",
                "artifacts": [{
                    "filename": "lamp 2.0.swu", "size": len(CONTENT),
                    "hashes": {"sha1": hashlib.sha1(CONTENT).hexdigest(),
                               "md5": hashlib.md5(CONTENT).hexdigest(),
                               "sha256": hashlib.sha256(CONTENT).hexdigest()},
                    "_links": {"download": {"href": file}, "download-http": {"href": file},
                               "md5sum": {"href": file + ".MD5SUM"},
                               "md5sum-http": {"href": file + ".MD5SUM"}}}]}]}}
    listed = device.call("GET", f"/softwaremodules/{world.release['id']}/artifacts").expect(200)
    assert listed.json() == deployment["deployment"]["chunks"][0]["artifacts"]


def test_a_zephyr_client_gets_its_chunk_and_short_paths(world):
    world.server.admin.put("/models/lamp", {"chunkPart": "bApp"}).expect(200, 201, 204)
    device, deployment = world.ordered("zephyr-0123456789")
    assert deployment["deployment"]["chunks"][0]["part"] == "bApp"
    path = urllib.parse.urlsplit(device.link("deploymentBase")).path
    assert len(path.removeprefix(device.base + "/")) < 50


def test_a_poll_alone_changes_nothing_and_fetching_takes_it(world):
    device = world.lamp()
    world.order("lamp-1")
    href = device.link("deploymentBase")
    assert world.state() == "queued"
    device.call("GET", href + "?c=-2127183556").expect(200)
    assert world.state() == "offered"
    device.call("GET", href).expect(200)
    assert [entry["state"] for entry in world.upgrade("lamp-1")["timeline"]] == ["queued", "offered"]


def test_a_whole_course(world):
    device, deployment = world.ordered()
    number = deployment["id"]
    device.report(number, "proceeding").expect(200)
    assert world.state() == "offered"
    assert device.download(deployment).expect(200).body == CONTENT
    stage.wait_until(lambda: world.state() == "downloaded", "the last byte to count")
    assert world.upgrade("lamp-1")["progress"] == 80
    device.report(number, "proceeding", details=["Installing"]).expect(200)
    assert world.state() == "installing"
    answer = device.report(number, "closed", "success").expect(200)
    assert answer.body == b"" and answer.headers["Content-Length"] == "0"
    upgrade = world.upgrade("lamp-1")
    assert (upgrade["state"], upgrade["progress"]) == ("succeeded", 100)
    assert world.server.admin.get("/devices/lamp-1").json()["firmwareVersion"] == "2.0.0"
    # After the end: the deployment is no longer linked and no longer exists; installedBase does.
    links = device.poll()["_links"]
    assert "deploymentBase" not in links
    device.call("GET", f"/deploymentBase/{number}").expect(404)
    device.report(number, "proceeding").expect(410)
    device.report(number, "closed", "success").expect(410)
    installed = device.call("GET", links["installedBase"]["href"] + "?actionHistory=-1").expect(200)
    assert installed.json()["id"] == number
    assert installed.json()["actionHistory"] == {"status": "FINISHED", "messages": ["Installing"]}
    assert device.download(deployment).expect(200).body == CONTENT


# ---------------------------------------------------------------------------------------------
# Confirmation, and the script of the document


def test_there_is_never_anything_to_confirm(world):
    device, deployment = world.ordered()
    assert device.call("GET", "/confirmationBase").expect(200).json()["autoConfirm"] == {"active": True}
    device.call("GET", f"/confirmationBase/{deployment['id']}").expect(404)
    device.call("POST", f"/confirmationBase/{deployment['id']}/feedback", {}).expect(404)
    device.call("POST", "/confirmationBase/activateAutoConfirm", {}).expect(200)


def test_odd_requests_that_real_clients_send_are_fine(world):
    device = world.lamp()
    body = b'{ "id": "", "data": { "hw": "1.0" } }'
    head = (f"PUT {device.base}/configData HTTP/1.1\r\nHost: updates.example\r\n"
            "Content-Type: application/json\r\nAccept: application/json\r\ncharsets: utf-8\r\n"
            f"charsets: utf-8\r\nAuthorization: TargetToken {device.token}\r\n"
            f"Expect: 100-continue\r\nContent-Length: {len(body)}\r\n\r\n").encode()
    parts = urllib.parse.urlsplit(world.server.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=stage.PATIENCE) as link:
        link.sendall(head)
        assert link.recv(25).startswith(b"HTTP/1.1 100 Continue")
        link.sendall(body)
        received = b""
        while b"HTTP/1.1 200" not in received:
            piece = link.recv(4096)
            assert piece, received
            received += piece
    assert attributes(world) == {"hw": "1.0"}
    chunked = (f"PUT {device.base}/configData HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
               f"Authorization: TargetToken {device.token}\r\nTransfer-Encoding: chunked\r\n\r\n"
               f"{len(body):x}\r\n").encode() + body + b"\r\n0\r\n\r\n"
    assert b"HTTP/1.1 200" in world.server.raw(chunked)
    assert json.loads(body)["data"] == attributes(world)


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_the_walk_of_the_document_works_as_printed(world, tmp_path):
    document = (stage.ROOT / "docs" / "device-ddi.md").read_text()
    walk = re.search(r"```sh walk\n(.*?)```", document, re.S)[1]
    device = world.lamp()
    world.order("lamp-1")
    environment = {**os.environ, "URL": world.server.url, "DID": "lamp-1", "TOKEN": device.token,
                   "NO_PROXY": "*", "no_proxy": "*"}
    done = subprocess.run(["sh", "-c", walk], cwd=tmp_path, env=environment, capture_output=True,
                          text=True, timeout=stage.PATIENCE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "firmware.bin").read_bytes() == CONTENT
    assert world.state() == "succeeded"
    assert attributes(world) == {"hwRevision": "1.0"}
