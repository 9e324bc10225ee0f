"""Tools of others read /openapi.json: a linter, and a generator of a client in TypeScript.

Their versions and digests are in tests/openapi-client/package-lock.json.
"""
import json
import os
import re
import subprocess

import npm_stage
import pytest
import stage

MODEL = "lamp"
PROJECT = stage.ROOT / "tests" / "openapi-client"
TOOL_SECONDS = 300  # A compiler on a busy machine.

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def node(shared_server, tmp_path_factory):
    """node(FILE, ARGUMENT…) -> the finished process, in a folder with the served document."""
    folder = tmp_path_factory.mktemp("openapi-client")
    npm_stage.install(PROJECT, folder)
    served = stage.request(shared_server.url, "GET", "/openapi.json").expect(200)
    (folder / "openapi.json").write_bytes(served.body)

    def run(*arguments):
        return subprocess.run(["node", *arguments], cwd=folder, capture_output=True, text=True,
                              timeout=TOOL_SECONDS, check=False,
                              env={**os.environ, "REDOCLY_TELEMETRY": "off",
                                   "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"})
    return run


@pytest.fixture(scope="module")
def client(node):
    """The client, compiled against types that were made from the document."""
    made = node("node_modules/openapi-typescript/bin/cli.js", "openapi.json", "-o", "schema.ts")
    assert made.returncode == 0, made.stderr
    compiled = node("node_modules/typescript/bin/tsc", "-p", ".")
    assert compiled.returncode == 0, compiled.stdout
    return lambda *arguments: node("out/client.js", *arguments)


def test_a_linter_finds_nothing(node):
    done = node("node_modules/@redocly/cli/bin/cli.js", "lint", "openapi.json", "--format", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert found["totals"] == {"errors": 0, "warnings": 0, "ignored": 0}, found["problems"]


def test_the_client_has_no_casts():
    source = re.sub(r"//.*", "", (PROJECT / "client.ts").read_text())
    assert not re.search(r"\bas\b|\bany\b|\bunknown\b|!\.|!\)|@ts-|<[A-Z]\w+>\w", source)
    settings = json.loads((PROJECT / "tsconfig.json").read_text())["compilerOptions"]
    assert settings["strict"] is True


def test_a_generated_client_makes_the_four_calls(shared_server, client):
    server = shared_server
    server.publish(MODEL, "2.0.0", b"brighter light")
    app = server.app()
    user = app.grant("alice")
    for did in ("lamp-1", "lamp-2"):
        server.device(did, MODEL, "1.0.0", "alice")
    keys = (server.url, app.appid, app.appkey, user.token)

    done = client(*keys, "lamp-1")
    assert done.returncode == 0, done.stderr
    told = {line["call"]: line["told"] for line in map(json.loads, done.stdout.splitlines())}
    assert told["query"] == [f"lamp-{n}: 1.0.0 -> 2.0.0 (14 bytes)" for n in (1, 2)]
    assert told["query selected"] == ["lamp-1: 1.0.0 -> 2.0.0 (14 bytes)"]
    running = {one["did"]: one["orderId"] for one in user.running()[1]}
    assert told["order selected"] == running["lamp-1"]
    assert told["order"] == running["lamp-2"]
    assert told["stranger"] == "604"

    server.admin.delete(f"/apps/{app.appid}/grants/alice").expect(204)
    done = client(*keys, "lamp-1")
    told = {line["call"]: line["told"] for line in map(json.loads, done.stdout.splitlines())}
    assert told["query"].startswith("805: ") and told["order"] == "805"
