"""Helpers for the journeys of the admin API."""
import hashlib
import re
import signal
import socket
import urllib.parse

import pytest

import stage

TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
NAME64 = "n" * 64
TOO_LONG = "n" * 65


@pytest.fixture
def admin(shared_server):
    return shared_server.admin


@pytest.fixture
def unique(request):
    """A name that no other test of this file uses."""
    return "t" + hashlib.sha256(request.node.name.encode()).hexdigest()[:12]


def problem(answer, status, *words):
    """Asserts that the response is a problem document whose detail contains all these words."""
    assert answer.status == status, answer.body
    assert answer.headers["Content-Type"] == "application/problem+json"
    document = answer.json()
    assert document["status"] == status
    assert document["title"]
    for word in words:
        assert word in document["detail"], document
    return document


def draft(admin, model, version="1.0", **fields):
    wanted = {"deviceModel": model, "firmwareVersion": version, **fields}
    return admin.post("/firmware", wanted).expect(201).json()


def end_during_a_request(server, url):
    """SIGTERM while the body of a request that makes the app `late` is not complete: it is answered."""
    parts = urllib.parse.urlsplit(url)
    body = b'{"name":"late"}'
    head = (f"POST /admin/v1/apps HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
            f"Authorization: Bearer {server.admin.token}\r\nExpect: 100-continue\r\n\r\n")
    with socket.create_connection((parts.hostname, parts.port), timeout=stage.PATIENCE) as link:
        link.sendall(head.encode())
        # The interim response shows that the server has accepted this request.
        assert link.recv(4096).startswith(b"HTTP/1.1 100")
        server.process.signal(signal.SIGTERM)
        stage.wait_until(lambda: "stopping" in server.process.errors(), "the end to begin")
        link.sendall(body)
        answer = b""
        while piece := link.recv(4096):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 201"), answer
    assert server.process.wait() == 0
