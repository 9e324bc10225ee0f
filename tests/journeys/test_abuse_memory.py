"""Memory that one client can make the server hold is bounded."""
import json

import pytest

import abuse_stage
import stage
from open_stage import QUERY

MIB = 1024 * 1024


def test_bodies_of_strangers_are_refused_from_the_head(server):
    """200 connections with a body of 1 MiB each: none of it is kept."""
    body = b"x" * (1000 * 1024)
    before = abuse_stage.resident_bytes(server)
    with abuse_stage.connections(server, 200) as links:
        for number, link in enumerate(links):
            link.settimeout(stage.PATIENCE)
            if number % 2:
                sent = abuse_stage.head("POST", "/admin/v1/apps", {}, length=len(body)) + body
            else:
                sent = (abuse_stage.head("POST", "/admin/v1/apps", {"Transfer-Encoding": "chunked"})
                        + b"%x\r\n" % len(body) + body[:-1])
            try:
                link.sendall(sent)
            except OSError:
                pass  # It was refused already.
        for link in links:
            try:
                status, front, _ = abuse_stage.answer_of(link)
            except ConnectionResetError:
                continue
            assert status == 401 and "Connection: close" in front
        abuse_stage.expect_growth_below(64 * MIB, server, before)
    server.admin.get("/apps").expect(200)


def test_idle_connections_hold_no_large_bodies(server):
    """Operators' clients that sent large bodies and keep their connections."""
    fields = {"Authorization": f"Bearer {server.admin.token}", "Transfer-Encoding": "chunked"}
    body = json.dumps({"padding": "x" * 1_000_000}).encode()
    sent = (abuse_stage.head("POST", "/admin/v1/apps", fields)
            + b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n")
    before = abuse_stage.resident_bytes(server)
    with abuse_stage.connections(server, 100) as links:
        for link in links:
            link.sendall(sent)
            assert abuse_stage.answer_of(link)[0] == 422
        counted = abuse_stage.metrics_of(server)
        assert counted["updraft_http_connections_open"] > 100
        assert counted["updraft_http_body_memory_bytes"] == 0
        abuse_stage.expect_growth_below(40 * MIB, server, before)
        links[0].sendall(sent)
        assert abuse_stage.answer_of(links[0])[0] == 422


def test_bodies_share_a_budget_and_small_ones_do_not_need_it(start_server):
    server = start_server({"limits": {"body_memory": "1MiB"}})
    app = server.app()
    user = app.grant("alice")
    server.publish("lamp", "2")
    device = server.device("d-1", "lamp", "1", "alice")
    operator = {"Authorization": f"Bearer {server.admin.token}"}
    with abuse_stage.connect(server) as greedy:
        greedy.sendall(abuse_stage.head("POST", "/admin/v1/apps", operator, length=MIB)
                       + b"x" * (MIB - 1000))
        stage.wait_until(lambda: abuse_stage.metrics_of(server)["updraft_http_body_memory_bytes"]
                         >= MIB - 1000, "the body to arrive")
        for path, fields, told in [
                ("/admin/v1/apps", operator, b'"status":503'),
                (device.base + "/deploymentBase/11/feedback",
                 {"Authorization": f"TargetToken {device.token}"},
                 b"ServiceUnavailableException"),
                (QUERY, user.headers(), b'"code":104')]:
            with abuse_stage.connect(server) as link:
                link.sendall(abuse_stage.head("POST", path, fields, length=60_000) + b" " * 50_000)
                status, front, body = abuse_stage.answer_of(link)
                assert (status, told in body) == (503, True), body
                assert "Retry-After: " in front
                assert abuse_stage.ended(link)
        # Honest calls have small bodies.
        assert user.query()[0] == 0
        assert device.tell(firmwareVersion="1").status == 200
        server.app("another")
        # An upload is streamed.
        server.publish("lamp", "3", b"y" * MIB)
        assert abuse_stage.metrics_of(server)["updraft_http_bodies_refused_total"] == 3
    stage.wait_until(lambda: abuse_stage.metrics_of(server)["updraft_http_body_memory_bytes"] == 0,
                     "the memory to be given back")


def drip_until_cut(server, link):
    """Sends byte after byte, with an honest call after each, until the server answers or closes."""
    def drip():
        try:
            link.sendall(b"x")
        except OSError:
            return True
        server.admin.get("/apps").expect(200)
        return abuse_stage.has_arrived(link)

    stage.wait_until(drip, "the end of the drip")


@pytest.mark.parametrize("method,path", [
    ("POST", "/admin/v1/apps"),              # A body that is read whole.
    ("PUT", "/admin/v1/firmware/999/file"),  # An upload that is refused and whose rest is dropped.
    ("POST", "/open/nothing")])              # A body that nobody wants.
def test_a_drip_is_cut_while_others_are_served(start_server, method, path):
    server = start_server({"limits": {"body_timeout": "1s", "transfer_stall": "30s"}})
    fields = {"Authorization": f"Bearer {server.admin.token}"}
    with abuse_stage.connect(server) as link:
        link.sendall(abuse_stage.head(method, path, fields, length=60_000))
        drip_until_cut(server, link)
        status, front, _ = abuse_stage.answer_of(link)
        assert status == 408
        assert "Connection: close" in front


def test_a_head_that_drips_is_cut(start_server):
    server = start_server({"limits": {"header_timeout": "1s"}})
    with abuse_stage.connect(server) as link:
        link.sendall(b"GET /healthz HTTP/1.1\r\nX-Slow: ")
        drip_until_cut(server, link)
        assert abuse_stage.answer_of(link)[0] == 408


def test_lists_that_nobody_reads_hold_little(server):
    """A user with 2,000 devices whose offer has a long text: the list has 16 MB."""
    devices = 2_000
    lines = [json.dumps({"did": f"d-{number:05}", "deviceModel": "lamp", "firmwareVersion": "1",
                         "openId": "alice"}) for number in range(devices)]
    done = server.admin.post("/devices/import", "\n".join(lines).encode()).expect(200).json()
    assert done["imported"] == devices
    server.publish("lamp", "2", updateLog="x" * 8_000)
    user = server.app().grant("alice")
    sent = abuse_stage.head("POST", QUERY, user.headers(), length=0)
    before = abuse_stage.resident_bytes(server)
    with abuse_stage.connections(server, 50, receive_buffer=4096) as links:
        for link in links:
            link.sendall(sent)
        for link in links:
            assert link.recv(1000).startswith(b"HTTP/1.1 200")
        abuse_stage.expect_growth_below(50 * MIB, server, before)
        # Another client's calls are served, and its list is complete.
        assert user.query_one("d-00001")[0] == 0
        code, listed = user.query()
        assert code == 0
        assert [one["did"] for one in listed] == [f"d-{number:05}" for number in range(devices)]


def test_a_history_with_long_texts_is_complete_and_in_order(server):
    count = 30
    user = server.app().grant("alice")
    for number in range(count):
        server.publish("lamp", f"2.{number}", b"f%d" % number, updateLog=f"{number} " + "x" * 8_000)
        device = server.device(f"d-{number:02}", "lamp", "1", "alice")
        assert user.upgrade_one(device.did)[0] == 0
        device.install(percents=())
    code, listed = user.history()
    assert code == 0
    assert [one["did"] for one in listed] == [f"d-{number:02}" for number in reversed(range(count))]
    assert [one["updateLog"].split()[0] for one in listed] == [str(n) for n in reversed(range(count))]


def test_pages_of_operators_that_nobody_reads_hold_little(server):
    """400 releases with long texts: one page of them has 3 MB."""
    for number in range(400):
        server.admin.post("/firmware", {"deviceModel": "lamp", "firmwareVersion": f"{number}",
                                        "updateLog": "x" * 8_000}).expect(201)
    fields = {"Authorization": f"Bearer {server.admin.token}"}
    sent = abuse_stage.head("GET", "/admin/v1/firmware?limit=500", fields)
    before = abuse_stage.resident_bytes(server)
    with abuse_stage.connections(server, 50, receive_buffer=4096) as links:
        for link in links:
            link.sendall(sent)
        for link in links:
            assert link.recv(1000).startswith(b"HTTP/1.1 200")
        abuse_stage.expect_growth_below(80 * MIB, server, before)
        page = server.admin.get("/firmware?limit=500").json()
        assert page["nextCursor"] is None
        assert page["items"] == server.admin.every("/firmware", limit=7)
        # A page that is read in parts has as many items as were asked for, and the right cursor.
        part = server.admin.get("/firmware?limit=130").json()
        assert part["items"] == page["items"][:130]
        rest = server.admin.get(f"/firmware?limit=500&cursor={part['nextCursor']}").json()
        assert rest["items"] == page["items"][130:]
