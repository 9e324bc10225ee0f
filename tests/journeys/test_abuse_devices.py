"""One misbehaving device beside honest ones: what it may cost, and what it may not (contract section 5)."""
import contextlib
import json
import os
import socket
import time
import urllib.parse

import pytest

import stage
from ddi_stage import World, artifact_of, world  # noqa: F401

LONGEST = 8 * 1024  # Bytes of text of a report that are kept.
TIMELINE = 256 * 1024
UNLIMITED = {"limits": {"requests_per_minute_per_device": 0}}
STANDARD = {"limits": {"requests_per_minute_per_device": 120}}


def metric(server, name):
    answer = stage.request(server.url, "GET", "/metrics",
                           headers={"Authorization": f"Bearer {server.admin.token}"}).expect(200)
    pairs = (line.rsplit(" ", 1) for line in answer.body.decode().splitlines() if line[0] != "#")
    return float(dict(pairs)[name])


def history(device, number, wanted):
    answer = device.call("GET", f"/deploymentBase/{number}?actionHistory={wanted}").expect(200)
    assert int(answer.headers["Content-Length"]) == len(answer.body)
    return answer.json()["actionHistory"]["messages"]


# ---------------------------------------------------------------------------------------------
# Reports


def fill(device, number):
    """Reports long texts until the timeline takes no more; returns the texts."""
    texts = [f"{i:04}" + "x" * (LONGEST - 4) for i in range(TIMELINE // LONGEST)]
    for text in texts:
        device.report(number, "proceeding", details=[text]).expect(200)
    return texts


def test_a_device_that_fills_its_timeline_costs_nobody_a_write(start_server):
    world = World(start_server(UNLIMITED))
    greedy, deployment = world.ordered("greedy")
    number = deployment["id"]
    fill(greedy, number)
    honest, work = world.ordered("honest")
    before = metric(world.server, "updraft_store_transactions_total")
    for i in range(300):
        refused = greedy.report(number, "proceeding", details=[f"one more {i}"]).expect(429)
        assert refused.json()["errorCode"] == "updraft.quotaExceeded"
        greedy.tell(firmwareVersion="1.0.0").expect(200)  # The same once more.
        greedy.tell(**{"": "no name"}).expect(400)
    # Only last-seen times were written meanwhile.
    assert metric(world.server, "updraft_store_transactions_total") - before < 50
    honest.install(work, percents=range(0, 100, 10))
    assert world.state("honest") == "succeeded"
    # The same again is no new report, and the end is always taken.
    greedy.report(number, "proceeding", details=["0000" + "x" * (LONGEST - 4)]).expect(200)
    greedy.report(number, "closed", "failure", details=["no space left"]).expect(200)
    assert world.upgrade("greedy")["cause"] == "no_space: no space left"
    greedy.report(number, "closed", "failure", details=["no space left"]).expect(410)


def test_a_long_history_is_read_as_far_as_it_is_shown(world):
    device, deployment = world.ordered()
    number = deployment["id"]
    assert history(device, number, -1) == []
    texts = fill(device, number)
    assert history(device, number, 1) == texts[:-2:-1]
    assert history(device, number, 3) == texts[:-4:-1]
    assert history(device, number, -1) == texts[::-1]  # More than one part.
    assert history(device, number, 20) == texts[:-21:-1]
    device.call("HEAD", f"/deploymentBase/{number}?actionHistory=-1").expect(200)
    assert "actionHistory" not in device.call("GET", f"/deploymentBase/{number}").json()


# ---------------------------------------------------------------------------------------------
# Requests


def test_a_device_that_calls_too_often_is_told_to_wait(start_server):
    world = World(start_server(STANDARD))
    greedy, deployment = world.ordered("greedy")
    honest, work = world.ordered("honest")
    answers = [greedy.call("GET", "") for _ in range(400)]
    refused = [answer for answer in answers if answer.status == 429]
    assert {answer.status for answer in answers} == {200, 429}
    assert [answer.status for answer in answers[:55]] == [200] * 55
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in refused)
    assert refused[0].json()["errorCode"] == "updraft.quotaExceeded"
    assert metric(world.server, "updraft_device_requests_refused_total") >= len(refused)
    # Artifacts do not count.
    greedy.download(deployment).expect(200)
    # Who polls, downloads and reports as usual never meets the limit.
    honest.install(work, percents=range(0, 100, 4))
    assert world.state("honest") == "succeeded"


def test_a_stranger_uses_up_nobodys_requests(start_server):
    world = World(start_server(STANDARD))
    lamp = world.lamp()
    path = f"/DEFAULT/controller/v1/{lamp.did}"

    def guess(token):
        """A call from an address of its own: many refusals of one address are slowed down."""
        return stage.request(world.server.url, "GET", path, headers={"Authorization": f"TargetToken {token}"},
                             source=stage.own_address()).status

    assert {guess("guess") for _ in range(400)} == {401, 429}
    assert {guess(f"guess {i}") for i in range(100)} == {401}
    lamp.poll()


def test_a_gateways_requests_count_for_the_device_that_it_acts_for(start_server):
    world = World(start_server(STANDARD))
    gateway = world.lamp("gateway")
    subs = [world.lamp(did, gatewayDid="gateway") for did in ("sub-1", "sub-2")]
    through = [stage.Device(world.server, sub.did, gateway.token, "GatewayToken") for sub in subs]
    assert {through[0].call("GET", "").status for _ in range(400)} == {200, 429}
    through[1].poll()
    gateway.poll()
    subs[0].poll()


def test_a_large_body_that_arrives_after_its_head_counts_once(start_server):
    world = World(start_server(STANDARD))
    lamp = world.lamp()
    body = json.dumps({"data": {"note": "x"}, "padding": "x" * 10_000}).encode()
    target = urllib.parse.urlsplit(world.server.url)
    head = (f"PUT /DEFAULT/controller/v1/{lamp.did}/configData HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
            f"Authorization: TargetToken {lamp.token}\r\nContent-Length: {len(body)}\r\n\r\n").encode()
    with socket.create_connection((target.hostname, target.port), timeout=40) as link, link.makefile("rb") as answers:
        for _ in range(55):
            link.sendall(head)
            assert answers.readline() == b"HTTP/1.1 100 Continue\r\n"
            assert answers.readline() == b"\r\n"
            link.sendall(body)
            assert answers.readline() == b"HTTP/1.1 200 OK\r\n"
            fields = dict(line.decode().strip().split(": ", 1) for line in iter(answers.readline, b"\r\n"))
            answers.read(int(fields["Content-Length"]))


# ---------------------------------------------------------------------------------------------
# Downloads


@contextlib.contextmanager
def held_download(device, deployment, read=1, buffer=65536):
    """A download that has begun; yields its socket."""
    href = artifact_of(deployment)["_links"]["download"]["href"]
    parts = urllib.parse.urlsplit(href)
    with socket.socket() as link:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        link.settimeout(stage.PATIENCE)
        link.connect((parts.hostname, parts.port))
        link.sendall(f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
                     f"Authorization: TargetToken {device.token}\r\nConnection: close\r\n\r\n".encode())
        assert link.recv(read)
        yield link


def running(server):
    return metric(server, "updraft_downloads_running")


class Shelf:
    """Devices that have a large file to download."""

    def __init__(self, server):
        self.server = server
        self.content = os.urandom(20_000_000)
        server.publish("lamp", "2.0.0", self.content)

    def device(self, did, user):
        device = self.server.device(did, "lamp", "1.0.0", user)
        self.server.admin.post("/orders", {"dids": [did]}).expect(201)
        return device, device.wait_for_deployment()


def test_one_device_has_four_downloads_at_once(start_server):
    shelf = Shelf(start_server())
    greedy, honest = shelf.device("greedy", "alice"), shelf.device("honest", "alice")
    with contextlib.ExitStack() as held:
        for _ in range(4):
            held.enter_context(held_download(*greedy))
        refused = greedy[0].download(greedy[1]).expect(429)
        assert int(refused.headers["Retry-After"]) > 0
        assert refused.json()["errorCode"] == "updraft.quotaExceeded"
        assert honest[0].download(honest[1]).expect(200).body == shelf.content
    stage.wait_until(lambda: running(shelf.server) == 0, "the places to be free again")
    assert greedy[0].download(greedy[1]).expect(200).body == shelf.content


def test_a_user_who_has_his_share_leaves_the_last_places_to_others(start_server):
    shelf = Shelf(start_server({"firmware": {"max_downloads": 8}}))
    greedy = [shelf.device(f"greedy-{i}", "mallory") for i in range(3)]
    honest = shelf.device("honest", "alice")
    with contextlib.ExitStack() as held:
        for device in (greedy[0], greedy[0], greedy[0], greedy[1], greedy[1], greedy[1]):
            held.enter_context(held_download(*device))
        refused = greedy[2][0].download(greedy[2][1]).expect(503)
        assert int(refused.headers["Retry-After"]) > 0
        assert honest[0].download(honest[1]).expect(200).body == shelf.content
    assert metric(shelf.server, 'updraft_downloads_refused_total{limit="user"}') >= 1


def test_a_slow_reader_keeps_its_place_and_one_that_reads_nothing_loses_it(start_server):
    shelf = Shelf(start_server({"limits": {"transfer_stall": "1s"}}))
    honest, idle = shelf.device("honest", "alice"), shelf.device("idle", "alice")
    with held_download(*honest) as slow:
        read = 1
        for _ in range(3):
            with held_download(*idle):
                # The idler's loss tells how much time has passed.
                while running(shelf.server) == 2:
                    read += len(slow.recv(4096))
                    time.sleep(0.01)  # The reader's pace.
        assert running(shelf.server) == 1
        assert read < len(shelf.content) / 4, "too fast a reader for this test"
        while piece := slow.recv(1 << 20):
            read += len(piece)
    assert read > len(shelf.content)


@pytest.mark.parametrize("wanted", ["-2", "all", "1e3"])
def test_a_malformed_history_wish_is_refused(world, wanted):
    device, deployment = world.ordered()
    device.call("GET", f"/deploymentBase/{deployment['id']}?actionHistory={wanted}").expect(400)
