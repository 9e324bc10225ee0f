"""Operators, tokens, the audit and logins from the command line, against the real server."""
import json
import os
import subprocess

import stage
from terminal_stage import surroundings
from test_commands import Operator
from test_process import run


class Colleague(Operator):
    """An operator with a token of his own."""

    def __init__(self, server, token):
        super().__init__(server)
        self.env["UPDRAFT_ADMIN_TOKEN"] = token


def colleague(server, admin, name, role):
    made = admin.json("operator", "create", name, "--role", role)
    assert made["name"] == name and made["role"] == role and made["disabled"] is False
    token = admin.json("token", "create", name, "--label", "laptop")
    assert token["label"] == "laptop" and token["role"] == role
    return Colleague(server, token["token"]), token["id"]


def test_an_operator_is_made_changed_and_removed(server):
    admin = Operator(server)
    assert admin.json("operator", "me")["name"] == "admin"
    colleague(server, admin, "anna", "viewer")
    assert admin.json("operator", "change", "anna", "--role", "support")["role"] == "support"
    assert admin.json("operator", "set", "anna", "--approve", "true")["approve"] is True
    assert admin.json("operator", "set", "anna", "--disabled", "true")["disabled"] is True
    assert admin.json("operator", "show", "anna")["role"] == "support"
    listed = admin.json("operator", "list")["items"]
    assert {one["name"] for one in listed} == {"admin", "anna"}
    head, *lines = admin.plain("operator", "list").stdout.splitlines()
    assert head.split()[:2] == ["name", "role"] and len(lines) == 2
    assert admin.plain("operator", "remove", "anna").stdout == "done\n"
    assert "404" in admin.plain("operator", "show", "anna", status=1).stderr


def test_what_a_role_may_not_do_is_told_and_a_token_ends_at_once(server):
    admin = Operator(server)
    anna, token = colleague(server, admin, "anna", "support")
    assert anna.json("operator", "me") == {"name": "anna", "role": "support", "approve": False, "via": "token"}
    assert "403" in anna.plain("app", "create", "mine", status=1).stderr
    [listed] = admin.json("token", "list", "anna")["items"]
    assert listed["id"] == token and listed["label"] == "laptop" and "token" not in listed
    lower = anna.json("token", "create", "anna", "--role", "viewer", "--expires-in-seconds", "3600")
    assert lower["role"] == "viewer" and lower["expiresAt"]
    assert "422" in admin.plain("token", "create", "anna", "--role", "admin", status=1).stderr
    admin.plain("token", "revoke", "anna", token)
    assert "401" in anna.plain("app", "list", status=1).stderr
    assert Colleague(server, lower["token"]).json("operator", "me")["role"] == "viewer"


def test_the_audit_tells_what_a_thief_did(server):
    admin = Operator(server)
    thief, token = colleague(server, admin, "anna", "releaser")
    thief.plain("device", "put", "lamp-1", "--model", "lamp", "--firmware-version", "1.0")
    thief.plain("device", "delete", "lamp-1")
    thief.plain("operator", "create", "eve", "--role", "admin", status=1)
    admin.plain("token", "revoke", "anna", token)

    done = admin.json("audit", "list", "--actor", "anna")["items"]
    assert [(row["action"], row["outcome"]) for row in done][-2:] == [("removeDevice", "done"),
                                                                     ("putDevice", "done")]
    assert ("createOperator", "denied") in [(row["action"], row["outcome"]) for row in done]
    assert {row["via"] for row in done} == {"cli"}
    assert admin.json("audit", "list", "--action", "removeDevice")["items"][0]["object"]["id"] == "lamp-1"
    lines = admin.plain("audit", "export").stdout.splitlines()
    assert [json.loads(line) for line in lines if json.loads(line)["actor"]["name"] == "anna"] == done
    table = admin.plain("audit", "list", "--actor", "anna").stdout
    assert "removeDevice" in table and "lamp-1" in table and "actor.name" in table


def test_a_colleague_signs_in_works_and_signs_out(server, tmp_path):
    admin = Operator(server)
    made = admin.json("operator", "create", "anna", "--role", "releaser")
    token = admin.json("token", "create", made["name"])
    env = surroundings(XDG_CONFIG_HOME=str(tmp_path))
    answer = subprocess.run([stage.binary(), "login", server.url], input=token["token"], text=True, env=env,
                            capture_output=True, timeout=stage.PATIENCE)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout == f"signed in to {server.url} as anna (releaser)\n"
    assert run("device", "put", "d", "--model", "m", "--firmware-version", "1", env=env).returncode == 0
    [row] = admin.json("audit", "list", "--actor", "anna", "--action", "putDevice")["items"]
    assert row["via"] == "cli" and row["object"]["id"] == "d"
    admin.plain("token", "revoke", "anna", token["id"])
    assert "401" in run("device", "list", env=env).stderr
    assert run("logout", env=env).returncode == 0
    assert not os.path.exists(tmp_path / "updraft" / "context.json")
