"""Helpers for the journeys of the admin API."""
import hashlib
import re

import pytest

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
